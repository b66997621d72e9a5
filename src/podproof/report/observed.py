"""The record as a person would have seen it on the terminal: timelines, events, logs."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from podproof.cluster import Refusal
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import SECOND, Nanos
from podproof.timeline import PodView, Record, Timeline, Version

_HEAD, _TAIL, _AROUND = 8, 12, 2
_LOG_LINES, _LOG_WIDTH, _EVENTS = 10, 200, 10
_LEFT_OUT = "…"


def timeline_table(timeline: Timeline, decided: Nanos | None = None) -> list[str]:
    """Return an object's timeline as lines of a table; equal neighbours are folded, what is far from all is counted.

    What stands near the beginning, the end and the moment that `decided` is kept.
    """
    pods = timeline.ref.kind == "Pod"
    heading = ("TIME", "READY", "STATUS", "RESTARTS", "REASON", "EXIT") if pods else ("TIME", "")
    rows: list[tuple[str, ...]] = []
    turn = 0
    for version in timeline:
        row = _pod_row(version) if pods else ("exists" if version.object is not None else "gone",)
        if not rows or rows[-1][1:] != row:
            rows.append((stamp(version.at), *row))
        turn = len(rows) - 1 if decided is not None and version.at <= decided else turn
    return aligned([heading, *_shortened(rows, turn)])


def _pod_row(version: Version) -> tuple[str, ...]:
    if version.object is None:
        return ("", "(gone)", "", "", "")
    pod = version.pod
    reason = "" if pod.reason == pod.status else pod.reason
    return (pod.ready, pod.status, str(pod.restarts), reason, _exits(pod))


def _exits(pod: PodView) -> str:
    if len(pod.statuses) == 1:
        return " ".join(str(code) for code in pod.exit_codes.values())
    return " ".join(f"{name}={code}" for name, code in pod.exit_codes.items())


def _shortened(rows: Sequence[tuple[str, ...]], turn: int) -> list[tuple[str, ...]]:
    """Leave out what is neither near an end nor near the turn, wherever that is more than one row."""
    near = {*range(_HEAD), *range(len(rows) - _TAIL, len(rows)), *range(turn - _AROUND, turn + _AROUND + 1)}
    kept: list[tuple[str, ...]] = []
    for is_near, run in groupby(range(len(rows)), key=near.__contains__):
        places = list(run)
        told = is_near or len(places) == 1
        kept.extend([rows[place] for place in places] if told else [(_LEFT_OUT, f"{len(places)} more")])
    return kept


def stamp(span: Nanos) -> str:
    """Return a moment of the record as tables write it: "+41.20s"."""
    return f"{span / SECOND:+.2f}s"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with their columns aligned; a row that is too short ends early."""
    whole = [row for row in rows if row[0] != _LEFT_OUT]
    widths = [max(len(row[place]) for row in whole if len(row) > place) for place in range(max(map(len, whole)))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]


def event_table(record: Record, subjects: Sequence[Ref]) -> list[str]:
    """Return the last events about some objects, or all where none is named, as lines of a table; oldest first."""
    about = [version for ref in subjects for version in record.event_versions(ref)]
    chosen = sorted(about if subjects else record.event_versions(), key=lambda version: version.serial)
    if not chosen:
        return []
    rows = [_event_row(version.at, version.object or {}) for version in chosen[-_EVENTS:]]
    left_out = len(chosen) - len(rows)
    lines = aligned([("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"), *rows])
    return [lines[0], f"… {left_out} earlier", *lines[1:]] if left_out else lines


def _event_row(seen: Nanos, event: Object) -> tuple[str, ...]:
    about, count = event.get("involvedObject") or {}, event.get("count") or 1
    times = f" (×{count})" if count > 1 else ""
    return (
        stamp(seen),
        str(event.get("type", "")),
        str(event.get("reason", "")),
        f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}",
        " ".join(str(event.get("message", "")).split()) + times,
    )


def log_lines(
    record: Record, pod: Ref, logs: Callable[[str, str], str | Refusal], mask: Callable[[str], str]
) -> Iterator[str]:
    """Yield the last lines of each container's log, under a heading each; a container that has none is left out."""
    latest = next((version.object for version in reversed(record.timeline(pod)) if version.object is not None), None)
    for name in PodView(latest).statuses if latest is not None else ():
        text = logs(pod.name, name)
        if isinstance(text, Refusal) or not text:
            continue
        lines = text.splitlines()
        total = f"the last {_LOG_LINES} of {len(lines)} lines" if len(lines) > _LOG_LINES else ""
        yield f'log of container "{name}"' + (f", {total}" if total else "")
        yield from (f"  {mask(line)[:_LOG_WIDTH]}" for line in lines[-_LOG_LINES:])
