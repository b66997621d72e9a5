"""The events of an object, as kubectl describe lists them."""

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record


@says('{kind:kind} "{name}" has an event "{reason}"')
@says('{kind:kind} "{name}" has an event "{reason}" within {limit:duration}')
@says('{kind:kind} "{name}" has an event "{reason}" saying "{text}"')
@says('{kind:kind} "{name}" has an event "{reason}" saying "{text}" within {limit:duration}')
def the_object_has_an_event(cluster: Cluster, limit: Nanos, kind: str, name: str, reason: str, text: str = "") -> None:
    ref = kinds.ref(cluster, kind, name)
    saying = f' saying "{text}"' if text else ""
    words = f'{kind} "{name}" has an event "{reason}"{saying}'
    prove(cluster, Becomes(words, (ref,), lambda record: _found(record, ref, reason, text), limit), limit)


@says('{kind:kind} "{name}" has no event "{reason}"')
def the_object_has_no_event(cluster: Cluster, kind: str, name: str, reason: str) -> None:
    ref = kinds.ref(cluster, kind, name)
    wanted, record = f'{kind} "{name}" has no event "{reason}"', cluster.record()
    if not len(record.timeline(ref)):
        raise NotSoError(wanted, f'{kind} "{name}" was never observed, so nothing can be said', _others(record, ref))
    found = [each for each in record.events(ref) if each.get("reason") == reason]
    if found:
        raise NotSoError(wanted, f"it has {len(found)}: {found[-1].get('message', '')}", subjects=(ref,))


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
