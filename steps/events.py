"""The events of an object, as kubectl describe lists them."""

from collections.abc import Mapping, Sequence

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record

_TOLD = ("actor", "object", "reason", "message")


@says('{kind:kind} "{name}" has an event "{reason}"')
@says('{kind:kind} "{name}" has an event "{reason}" within {limit:duration}')
@says('{kind:kind} "{name}" has an event "{reason}" saying "{text}"')
@says('{kind:kind} "{name}" has an event "{reason}" saying "{text}" within {limit:duration}')
def the_object_has_an_event(cluster: Cluster, limit: Nanos, kind: str, name: str, reason: str, text: str = "") -> None:
    ref = kinds.ref(cluster, kind, name)
    saying = f' saying "{text}"' if text else ""
    words = f'{kind} "{name}" has an event "{reason}"{saying}'
    prove(cluster, Becomes(words, (ref,), lambda record: _found(record, ref, reason, text), limit), limit)


@says("the events tell, in order:")
@says("the events tell within {limit:duration}, in order:")
def the_events_tell(cluster: Cluster, datatable: Sequence[Sequence[str]], limit: Nanos) -> None:
    """Each row is an event: who tells it, of what (as pod/web), and its reason; others may stand between them.

    The columns are actor (a part of the component's name), object and reason; message, where it is there, is a part of
    what is said.
    """
    columns, *rows = [[cell.strip() for cell in row] for row in datatable]
    wrong = [each for each in columns if each not in _TOLD]
    if wrong or not rows:
        raise NotSoError(f"a table of events has any of {', '.join(_TOLD)}", f"it has {', '.join(columns)}")
    wanted = [dict(zip(columns, row, strict=True)) for row in rows]
    words = "the events tell, in order: " + "; ".join(" ".join(filter(None, row.values())) for row in wanted)
    prove(cluster, Becomes(words, (), lambda record: _in_order(record, wanted), limit), limit)


@says('{kind:kind} "{name}" has no event "{reason}"')
def the_object_has_no_event(cluster: Cluster, kind: str, name: str, reason: str) -> None:
    ref = kinds.ref(cluster, kind, name)
    wanted, record = f'{kind} "{name}" has no event "{reason}"', cluster.record()
    if not len(record.timeline(ref)):
        raise NotSoError(wanted, f'{kind} "{name}" was never observed, so nothing can be said', _others(record, ref))
    found = [each for each in record.events(ref) if each.get("reason") == reason]
    if found:
        raise NotSoError(wanted, f"it has {len(found)}: {found[-1].get('message', '')}", subjects=(ref,))


def _in_order(record: Record, wanted: Sequence[Mapping[str, str]]) -> tuple[bool, str]:
    """Say whether events came so one after another, and which is the first that did not."""
    left = iter(record.events())
    for number, row in enumerate(wanted, start=1):
        if not any(_tells(event, row) for event in left):
            seen = [" ".join(_of_event(event).values()) for event in record.events() if _alike(event, row)]
            told = "; ".join(seen[-3:]) or "nobody tells anything like it"
            return False, f"row {number} ({' '.join(filter(None, row.values()))}) does not follow: {told}"
    return True, "they do"


def _of_event(event: Object) -> dict[str, str]:
    about = event.get("involvedObject") or {}
    return {
        "actor": str((event.get("source") or {}).get("component") or event.get("reportingComponent") or ""),
        "object": f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}",
        "reason": str(event.get("reason") or ""),
        "message": str(event.get("message") or ""),
    }


def _tells(event: Object, row: Mapping[str, str]) -> bool:
    said = _of_event(event)
    whole = ("object", "reason")
    return all(said[key] == text if key in whole and text else text in said[key] for key, text in row.items())


def _alike(event: Object, row: Mapping[str, str]) -> bool:
    said = _of_event(event)
    return said["object"] == row.get("object") or said["reason"] == row.get("reason")


def _found(record: Record, ref: Ref, reason: str, text: str) -> tuple[bool, str]:
    events = record.events(ref)
    if any(each.get("reason") == reason and text in each.get("message", "") for each in events):
        return True, "it has"
    if not len(record.timeline(ref)):
        return False, f"it was never observed. {_others(record, ref)}"
    said = [f"{each.get('reason')}: {each.get('message')}" for each in events]
    alike = [each for each in said if each.startswith(f"{reason}:")] or said
    return False, f"its events say: {'; '.join(alike[-4:])}" if alike else "it has no events at all"


def _others(record: Record, ref: Ref) -> str:
    names = ", ".join(each.name for each in record.refs(ref.kind))
    return f"Observed: {names}" if names else f"No {ref.kind} was observed at all."
