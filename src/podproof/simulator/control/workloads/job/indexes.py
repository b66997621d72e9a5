"""The completion indexes of an Indexed Job, and how sets of them are written: "1,3-5".

Source: pkg/controller/job/indexed_job_utils.go.
"""

from collections.abc import Iterable, Iterator

from podproof.simulator.model.objects import Object

INDEX = "batch.kubernetes.io/job-completion-index"


def is_indexed(job: Object) -> bool:
    """Say whether a Job's pods have indexes."""
    return bool(job["spec"].get("completionMode") == "Indexed")


def beyond(pod: Object, job: Object) -> bool:
    """Say whether a pod has no index its Job knows."""
    index = index_of(pod)
    return index is None or index >= int(job["spec"]["completions"])


def index_of(pod: Object) -> int | None:
    """Return a pod's completion index, None where it has none."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdigit() else None


def parsed(text: str, limit: int) -> set[int]:
    """Return the indexes a text names, those from `limit` on left out."""
    return {index for first, last in _spans(text) for index in range(first, min(last + 1, limit))}


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


def written(indexes: Iterable[int]) -> str:
    """Return indexes as a status writes them, runs of more than two as a span."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(_run(first, last) for first, last in runs)


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def first_free(taken: Iterable[int], completions: int, count: int) -> list[int]:
    """Return the first `count` indexes nobody has. Source: firstPendingIndexes."""
    known = set(taken)
    return [index for index in range(completions) if index not in known][:count]
