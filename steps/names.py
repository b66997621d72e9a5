"""Names: what they resolve to in pods, and which exist outside of the cluster."""

from collections.abc import Callable, Iterable, Sequence

from podproof.cluster import Cluster, NameAnswer
from podproof.proof import NotSoError
from podproof.simulator.model.objects import at
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import kinds
from podproof.steps.phrases import says

_LOOK = seconds(1)
_Good = Callable[[NameAnswer], bool]


@says('outside the cluster the name "{name}" resolves to "{found}"')
def a_name_outside(cluster: Cluster, name: str, found: str) -> None:
    """`found` are addresses, with commas between, or another name."""
    cluster.outside.name(name, [each.strip() for each in found.split(",")])


@says("the name servers outside the cluster do not answer")
def name_servers_are_silent(cluster: Cluster) -> None:
    cluster.outside.silence_names()


@says('name "{name}" resolves to "{found}" in pod "{pod}"')
def the_name_resolves_to(cluster: Cluster, name: str, found: str, pod: str, limit: Nanos) -> None:
    """`found` are addresses, with commas between; their order does not count."""
    wanted = {each.strip() for each in found.split(",")}
    _resolves(cluster, f'name "{name}" resolves to "{found}" in pod "{pod}"', (name, pod), wanted, limit)


@says('name "{name}" resolves to the address of {kind:kind} "{owner}" in pod "{pod}"')
def the_name_resolves_to_the_address_of(
    cluster: Cluster, name: str, kind: str, owner: str, pod: str, limit: Nanos
) -> None:
    """Of a Service its cluster addresses, of a pod those it has."""
    words = f'name "{name}" resolves to the address of {kind.lower()} "{owner}" in pod "{pod}"'
    found = cluster.get(kinds.ref(cluster, kind, owner))
    rows = at(found, "status", "podIPs") or ()
    wanted = set(at(found, "spec", "clusterIPs") or ()) - {"None"} | {each["ip"] for each in rows}
    if not wanted:
        raise NotSoError(words, f'{kind.lower()} "{owner}" {"has no address" if found else "does not exist"}')
    _resolves(cluster, words, (name, pod), wanted, limit)


@says('name "{name}" does not resolve in pod "{pod}"')
@says('name "{name}" does not resolve in pod "{pod}": {code:code}')
def the_name_does_not_resolve(cluster: Cluster, name: str, pod: str, limit: Nanos, code: str = "") -> None:
    """`code` is what the name server says: NXDOMAIN (no such name), SERVFAIL, or NODATA (a name without addresses).

    SILENT is one that is not heard: a policy keeps the pod from it.
    """
    words = f'name "{name}" does not resolve in pod "{pod}"' + (f": {code}" if code else "")
    _answered(
        cluster, words, pod, lambda: cluster.clients.resolve(pod, name),
        lambda answer: not answer.found and code in ("", answer.code), limit,
    )  # fmt: skip


@says('the {kind:record} records of "{name}" in pod "{pod}" are:')
def the_records_are(
    cluster: Cluster, kind: str, name: str, pod: str, datatable: Sequence[Sequence[str]], limit: Nanos
) -> None:
    """One record in a row, as zone files write it; their order does not count."""
    wanted = tuple(" ".join(row).strip() for row in datatable)
    words = f'the {kind} records of "{name}" in pod "{pod}" are:\n  ' + "\n  ".join(wanted)
    _answered(cluster, words, pod, lambda: cluster.clients.records(pod, name, kind), _finds(wanted), limit)


def _resolves(cluster: Cluster, words: str, asked: tuple[str, str], wanted: Iterable[str], limit: Nanos) -> None:
    name, pod = asked
    _answered(cluster, words, pod, lambda: cluster.clients.resolve(pod, name), _finds(wanted), limit)


def _finds(wanted: Iterable[str]) -> _Good:
    looked_for = sorted(wanted)
    return lambda answer: sorted(answer.found) == looked_for


def _answered(cluster: Cluster, words: str, pod: str, ask: Callable[[], NameAnswer], good: _Good, limit: Nanos) -> None:
    """Ask now, then once a second; who begins to ask within the limit may wait for the answer beyond it."""
    began = cluster.record().now
    end = began + limit
    while not good(answer := ask()):
        if began >= end:
            raise NotSoError(words, _told(answer), subjects=(kinds.pod(cluster, pod),))
        cluster.pass_time(_LOOK)
        began = cluster.record().now


def _told(answer: NameAnswer) -> str:
    found = ", ".join(answer.found) or ("no records" if answer.code == "NOERROR" else "")
    tried = f" (asked for: {', '.join(answer.tried)})" if answer.tried else ""
    return f"the answer is {answer.code}{': ' if found else ''}{found}{tried}"
