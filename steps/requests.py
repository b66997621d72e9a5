"""HTTP requests: from a pod, a node, or from outside; to an address, a name, or a Service."""

from collections import Counter
from collections.abc import Callable, Sequence

from podproof.cluster import Cluster, Exchange
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.services import ready_addresses

_LOOK = seconds(1)
_EACH = 40
"""How many requests each pod of a spread is to get, on average."""
_SHARE = 2
"""How unfair a spread may be: a pod gets at least one part in so many of its fair share."""


@says('a request from {kind:kind} "{name}" to "{url}" gets HTTP {status:number}')
@says('a request from {kind:kind} "{name}" to "{url}" gets HTTP {status:number} with "{text}"')
def a_request_gets(cluster: Cluster, kind: str, name: str, url: str, status: int, limit: Nanos, text: str = "") -> None:
    """From a pod or a node; `text` is what the body has in it. Asks again, once a second, until the limit."""
    _gets(cluster, kinds.ref(cluster, kind, name), url, status, text, limit)


@says('a request from outside to "{url}" gets HTTP {status:number}')
@says('a request from outside to "{url}" gets HTTP {status:number} with "{text}"')
def a_request_from_outside_gets(cluster: Cluster, url: str, status: int, limit: Nanos, text: str = "") -> None:
    _gets(cluster, None, url, status, text, limit)


@says('a request from {kind:kind} "{name}" to "{url}" fails with "{error}"')
def a_request_fails(cluster: Cluster, kind: str, name: str, url: str, error: str, limit: Nanos) -> None:
    """`error` is how the network words it: Connection refused, Connection timed out, No route to host."""
    _fails(cluster, kinds.ref(cluster, kind, name), url, error, limit)


@says('a request from outside to "{url}" fails with "{error}"')
def a_request_from_outside_fails(cluster: Cluster, url: str, error: str, limit: Nanos) -> None:
    _fails(cluster, None, url, error, limit)


@says('requests to service "{service}" from {kind:kind} "{name}" spread over its {count:number} {_:pods}')
def requests_spread_from(cluster: Cluster, service: str, kind: str, name: str, count: int, limit: Nanos) -> None:
    """To the first port of its cluster address. Each pod that is ready gets at least half of its fair share."""
    found = cluster.get(kinds.ref(cluster, "service", service))
    words = f'requests to service "{service}" from {kind.lower()} "{name}" spread over its {count} pods'
    address, ports = at(found, "spec", "clusterIP"), at(found, "spec", "ports")
    if address in (None, "", "None") or not ports:
        raise NotSoError(words, "it has no cluster address with a port" if found else "there is no such service")
    asker, url = kinds.ref(cluster, kind, name), f"http://{address}:{ports[0]['port']}"
    _spread(cluster, words, lambda: _served(cluster, asker, url), (service, count), limit)


@says('requests from outside to "{url}" spread over the {count:number} {_:pods} of service "{service}"')
def requests_from_outside_spread(cluster: Cluster, url: str, service: str, count: int, limit: Nanos) -> None:
    words = f'requests from outside to "{url}" spread over the {count} pods of service "{service}"'
    _spread(cluster, words, lambda: _served(cluster, None, url), (service, count), limit)


@says('requests from {kind:kind} "{name}" to "{url}" always reach the same pod')
def requests_stay(cluster: Cluster, kind: str, name: str, url: str) -> None:
    """As session affinity has it: a score of requests, one after another."""
    asker = kinds.ref(cluster, kind, name)
    seen = Counter(_served(cluster, asker, url) for _ in range(_EACH // _SHARE))
    if len(seen) != 1 or "" in seen:
        words = f'requests from {kind.lower()} "{name}" to "{url}" always reach the same pod'
        raise NotSoError(words, _counted(seen))


@says('kube-proxy on node "{node}" has the rules:')
def kube_proxy_has_the_rules(cluster: Cluster, node: str, datatable: Sequence[Sequence[str]], limit: Nanos) -> None:
    """Each row names a TABLE, a CHAIN and what its RULE says, in part, as `iptables-save` writes it.

    Rows of one chain stand in the order of its rules; others may be between them. A chain may end in …, whatever comes.
    """
    columns, *rows = datatable
    if list(columns) != ["TABLE", "CHAIN", "RULE"]:
        raise NotSoError("a table of rules has the columns TABLE, CHAIN, RULE", f"it has {', '.join(columns)}")
    end = cluster.record().now + limit
    while (missing := _missing(cluster, node, rows)) is not None:
        if cluster.record().now >= end:
            table, chain, rule = missing
            shown = "\n".join(_of_chain(cluster, node, table, chain)) or "nothing"
            words = f'kube-proxy on node "{node}" has in chain {chain} of {table} the rule: {rule}'
            raise NotSoError(words, f"the chain has:\n{shown}")
        cluster.pass_time(_LOOK)


def _missing(cluster: Cluster, node: str, rows: Sequence[Sequence[str]]) -> Sequence[str] | None:
    """Return the first row that no rule is left for."""
    left: dict[tuple[str, str], list[str]] = {}
    for table, chain, rule in rows:
        lines = left.setdefault((table, chain), _of_chain(cluster, node, table, chain))
        place = next((place for place, line in enumerate(lines) if rule in line), None)
        if place is None:
            return table, chain, rule
        del lines[: place + 1]
    return None


def _of_chain(cluster: Cluster, node: str, table: str, chain: str) -> list[str]:
    begin = f"-A {chain.removesuffix('…')}" + ("" if chain.endswith("…") else " ")
    return [line for line in cluster.clients.rules(node, table) if line.startswith(begin)]


def _gets(cluster: Cluster, asker: Ref | None, url: str, status: int, text: str, limit: Nanos) -> None:
    words = f'a request from {_who(asker)} to "{url}" gets HTTP {status}' + (f' with "{text}"' if text else "")
    _ask(cluster, asker, url, words, lambda found: found.status == status and text in found.body, limit)


def _fails(cluster: Cluster, asker: Ref | None, url: str, error: str, limit: Nanos) -> None:
    words = f'a request from {_who(asker)} to "{url}" fails with "{error}"'
    _ask(cluster, asker, url, words, lambda found: found.status == 0 and error in found.error, limit)


def _ask(
    cluster: Cluster, asker: Ref | None, url: str, words: str, good: Callable[[Exchange], bool], limit: Nanos
) -> None:
    """Ask now, then once a second; who begins to ask within the limit may wait for the answer beyond it."""
    began = cluster.record().now
    end = began + limit
    while not good(found := cluster.clients.request(asker, url)):
        if began >= end:
            raise NotSoError(words, _told(found), subjects=() if asker is None else (asker,))
        cluster.pass_time(_LOOK)
        began = cluster.record().now


def _spread(cluster: Cluster, words: str, ask: Callable[[], str], over: tuple[str, int], limit: Nanos) -> None:
    """Look now, then once a second until the limit: who is ready may only begin to listen."""
    began = cluster.record().now
    end = began + limit
    while seen := _unfair(cluster, ask, *over):
        if began >= end:
            raise NotSoError(words, seen)
        cluster.pass_time(_LOOK)
        began = cluster.record().now


def _unfair(cluster: Cluster, ask: Callable[[], str], service: str, count: int) -> str:
    """Return what is wrong with how requests spread, "" where nothing is."""
    pods = ready_addresses(cluster.record(), kinds.ref(cluster, "service", service))
    if len(pods) != count:
        return f"it has {len(pods)} that are ready: {', '.join(sorted(pods.values())) or 'none'}"
    seen = Counter(ask() for _ in range(_EACH * count))
    if set(seen) == set(pods) and min(seen.values()) >= _EACH // _SHARE:
        return ""
    return _counted(Counter({pods.get(each, each): number for each, number in seen.items()}))


def _served(cluster: Cluster, asker: Ref | None, url: str) -> str:
    """Return the address that answered, "" where none did."""
    found = cluster.clients.request(asker, url)
    return found.server if found.status else ""


def _counted(seen: Counter[str]) -> str:
    return "answers came from " + ", ".join(f"{each or 'nobody'} ({number})" for each, number in sorted(seen.items()))


def _told(found: Exchange) -> str:
    if found.status:
        return f"it gets HTTP {found.status}:\n{found.body}"
    return f"it fails: {found.error}" + (f" (by {found.server})" if found.server else "")


def _who(asker: Ref | None) -> str:
    return "outside" if asker is None else f'{asker.kind.lower()} "{asker.name}"'
