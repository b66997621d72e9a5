"""Packets: who reaches whom, by which hops, and what stops them."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from podproof.cluster import Cluster
from podproof.paths import Asked, Path, Row
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import kinds
from podproof.steps.phrases import says

_COLUMNS = ("hop", "interface", "what happened", "source", "destination", "encapsulation", "why")
_LOOK = seconds(1)
_PATIENCE = seconds(5)
"""How long one try of a connection that should open may take."""

Table = Sequence[Sequence[str]]


@says('the cluster\'s network is "{kind}"')
def the_network_is(cluster: Cluster, kind: str) -> None:
    """As "flannel vxlan", "flannel host-gw", "calico ipip cross-subnet" or "cilium"; the usual one is flannel vxlan."""
    cluster.paths.become(kind)


@says('{kind:kind} "{name}" can reach {target:kind} "{other}" on port {port:number}')
def it_can_reach(
    cluster: Cluster, kind: str, name: str, target: str, other: str, port: int, limit: Nanos
) -> None:  # fmt: skip
    """A connection opens: it arrives, somebody listens, the answer comes back. Ends are pods, nodes, services.

    Tried now, then once a second until the limit.
    """
    asked = _asked(cluster, kind, name, kinds.ref(cluster, target, other), port)
    _reaches(cluster, asked, f'{target} "{other}"', limit)


@says('{kind:kind} "{name}" can reach the address "{address}" on port {port:number}')
def it_can_reach_the_address(
    cluster: Cluster, kind: str, name: str, address: str, port: int, limit: Nanos
) -> None:  # fmt: skip
    _reaches(cluster, _asked(cluster, kind, name, address, port), f'the address "{address}"', limit)


@says('{kind:kind} "{name}" cannot reach {target:kind} "{other}" on port {port:number}')
@says('{kind:kind} "{name}" cannot reach {target:kind} "{other}" on port {port:number}: "{error}"')
def it_cannot_reach(
    cluster: Cluster, kind: str, name: str, target: str, other: str, port: int, limit: Nanos, error: str = ""
) -> None:  # fmt: skip
    """The error is connect(2)'s: "Connection refused", "Connection timed out" or "No route to host"."""
    asked = _asked(cluster, kind, name, kinds.ref(cluster, target, other), port)
    _does_not_reach(cluster, asked, f'{target} "{other}"', error, limit)


@says('{kind:kind} "{name}" cannot reach the address "{address}" on port {port:number}')
@says('{kind:kind} "{name}" cannot reach the address "{address}" on port {port:number}: "{error}"')
def it_cannot_reach_the_address(
    cluster: Cluster, kind: str, name: str, address: str, port: int, limit: Nanos, error: str = ""
) -> None:  # fmt: skip
    _does_not_reach(cluster, _asked(cluster, kind, name, address, port), f'the address "{address}"', error, limit)


@says('the path from {kind:kind} "{name}" to {target:kind} "{other}" on port {port:number} is:')
def the_path_is(
    cluster: Cluster, kind: str, name: str, target: str, other: str, port: int, datatable: Table
) -> None:  # fmt: skip
    """Each hop of the first packet, in order. The columns are hop (whose namespace), interface, what happened, source,
    destination, encapsulation and why; a `*` in a cell stands for anything, an empty cell asks nothing.
    """
    asked = _asked(cluster, kind, name, kinds.ref(cluster, target, other), port)
    path = cluster.paths.path(asked)
    _compare(f'the path from {kind} "{name}" to {target} "{other}"', datatable, path.hops, path)


@says('the path from {kind:kind} "{name}" to the address "{address}" on port {port:number} is:')
def the_path_to_the_address_is(
    cluster: Cluster, kind: str, name: str, address: str, port: int, datatable: Table
) -> None:  # fmt: skip
    path = cluster.paths.path(_asked(cluster, kind, name, address, port))
    _compare(f'the path from {kind} "{name}" to the address "{address}"', datatable, path.hops, path)


@says('the path back from {target:kind} "{other}" on port {port:number} to {kind:kind} "{name}" is:')
def the_path_back_is(
    cluster: Cluster, kind: str, name: str, target: str, other: str, port: int, datatable: Table
) -> None:  # fmt: skip
    """Each hop of the answer to the first packet."""
    path = cluster.paths.path(_asked(cluster, kind, name, kinds.ref(cluster, target, other), port))
    _compare(f'the path back from {target} "{other}" to {kind} "{name}"', datatable, path.back, path)


@says('the packet from {kind:kind} "{name}" to {target:kind} "{other}" is {what:ending} at "{place}" by "{why}"')
def the_packet_ends(
    cluster: Cluster, kind: str, name: str, target: str, other: str, what: str, place: str, why: str
) -> None:  # fmt: skip
    """The place is a node, pod or router, alone or with its interface ("node1 cni0"); `why` a part of the reason."""
    path = cluster.paths.path(_asked(cluster, kind, name, kinds.ref(cluster, target, other)))
    _ends(f'the packet is {what} at "{place}" by "{why}"', path, what, place, why)


@says('the packet from {kind:kind} "{name}" to the address "{address}" is {what:ending} at "{place}" by "{why}"')
def the_packet_to_the_address_ends(
    cluster: Cluster, kind: str, name: str, address: str, what: str, place: str, why: str
) -> None:  # fmt: skip
    path = cluster.paths.path(_asked(cluster, kind, name, address))
    _ends(f'the packet is {what} at "{place}" by "{why}"', path, what, place, why)


@says('a packet of {size:number} bytes from pod "{name}" reaches pod "{other}"')
def a_packet_of_this_size_reaches(cluster: Cluster, size: int, name: str, other: str) -> None:
    """The bytes count from the IP header; the interfaces on the way let a packet pass up to their MTU."""
    path = cluster.paths.path(_sized(cluster, size, name, other))
    if path.fate not in ("delivered", "refused"):
        raise NotSoError(f'a packet of {size} bytes from pod "{name}" reaches pod "{other}"', str(path))


@says('a packet of {size:number} bytes from pod "{name}" to pod "{other}" is {what:ending} at "{place}" by "{why}"')
def a_packet_of_this_size_ends(
    cluster: Cluster, size: int, name: str, other: str, what: str, place: str, why: str
) -> None:  # fmt: skip
    path = cluster.paths.path(_sized(cluster, size, name, other))
    _ends(f'a packet of {size} bytes is {what} at "{place}" by "{why}"', path, what, place, why)


@says('pod "{name}" has the MTU {size:number}')
def the_pod_has_the_mtu(cluster: Cluster, name: str, size: int) -> None:
    if (seen := cluster.paths.mtu(name)) != size:
        raise NotSoError(f'pod "{name}" has the MTU {size}', f"its eth0 has the MTU {seen}")


@says('the command "{line}" runs on node "{node}"')
def the_command_runs(cluster: Cluster, line: str, node: str) -> None:
    """Commands of the network: iptables (-A, -I, -D, -N, -F, -X, -P, any -t) and ip route add."""
    cluster.paths.run(node, line)


@says('the command "{line}" on node "{node}" prints "{text}"')
def the_command_prints(cluster: Cluster, line: str, node: str, text: str) -> None:
    """One of its lines is this; a `*` stands for anything. The commands are iptables -L -n -v, iptables-save, ip route,
    ip neigh, ip addr and bridge fdb show.
    """
    printed = cluster.paths.run(node, line)
    if not any(fnmatchcase(_plain(each), _pattern(text)) for each in printed.splitlines()):
        raise NotSoError(f'the command "{line}" on node "{node}" prints "{text}"', f"it prints:\n{printed}")


@says('chain "{chain}" of table "{table}" on node "{node}" has the rules:')
def the_chain_has_the_rules(cluster: Cluster, chain: str, table: str, node: str, datatable: Table) -> None:
    """All rules, in order. The columns are rule, as iptables-save writes it after the chain, and packets."""
    rules = cluster.paths.rules(node, table, chain)
    wanted = f'chain "{chain}" of table "{table}" on node "{node}" has these rules'
    _fits(
        wanted,
        datatable,
        ("rule", "packets"),
        rules,
        "\n".join(f"{each['packets']:>5} {each['rule']}" for each in rules),
    )


@says('node "{node}" has no CNI configuration')
def the_node_has_no_cni(cluster: Cluster, node: str) -> None:
    """Nothing stands in /etc/cni/net.d: its network is not ready, and it starts only pods of the host's network."""
    cluster.paths.configure(node, configured=False)


@says('node "{node}" gets its CNI configuration')
def the_node_gets_its_cni(cluster: Cluster, node: str) -> None:
    """The network's plugin writes it into /etc/cni/net.d."""
    cluster.paths.configure(node, configured=True)


@says('the network of node "{node}" complains that "{text}"')
def the_network_complains(cluster: Cluster, node: str, text: str) -> None:
    """Of what it could not set up there: a route the kernel refuses, or a session nobody keeps."""
    complaints = cluster.paths.complaints(node)
    if not any(text in each for each in complaints):
        said = "\n".join(complaints) or "it complains of nothing"
        raise NotSoError(f'the network of node "{node}" complains that "{text}"', said)


def _asked(cluster: Cluster, kind: str, name: str, target: Ref | str, port: int = 80) -> Asked:
    return Asked(kinds.ref(cluster, kind, name), target, port)


def _sized(cluster: Cluster, size: int, name: str, other: str) -> Asked:
    return Asked(kinds.pod(cluster, name), kinds.pod(cluster, other), size=size)


def _reaches(cluster: Cluster, asked: Asked, target: str, limit: Nanos) -> None:
    if error := _tried(cluster, asked, limit, lambda error: not error, _PATIENCE):
        wanted = f'{asked.source.kind.lower()} "{asked.source.name}" can reach {target} on port {asked.port}'
        raise NotSoError(wanted, f"{error}; the packet's way:\n{cluster.paths.path(asked)}", subjects=(asked.source,))


def _does_not_reach(cluster: Cluster, asked: Asked, target: str, wanted: str, limit: Nanos) -> None:
    error = _tried(cluster, asked, limit, lambda error: bool(error) and wanted in ("", error))
    if not error or (wanted and error != wanted):
        told = f'{asked.source.kind.lower()} "{asked.source.name}" cannot reach {target} on port {asked.port}'
        seen = f"the error is {error}" if error else f"it does; the packet's way:\n{cluster.paths.path(asked)}"
        raise NotSoError(told + (f": {wanted}" if wanted else ""), seen, subjects=(asked.source,))


def _tried(
    cluster: Cluster, asked: Asked, limit: Nanos, is_wanted: Callable[[str], bool], patience: Nanos | None = None
) -> str:  # fmt: skip
    """Connect now, then once a second until the limit or the outcome that is wanted; return the last error."""
    end = cluster.record().now + limit
    while not is_wanted(error := cluster.paths.connects(asked, patience)) and cluster.record().now < end:
        cluster.pass_time(_LOOK)
    return error


def _ends(wanted: str, path: Path, what: str, place: str, why: str) -> None:
    for row in (*path.hops, *path.back):
        at = (row["hop"], f"{row['hop']} {row['interface']}")
        if row["what happened"] == what and place in at and why in row["why"]:
            return
    raise NotSoError(wanted, f"the packet's way:\n{path}")


def _compare(wanted: str, datatable: Table, rows: Sequence[Row], path: Path) -> None:
    _fits(f"{wanted} is as the table says", datatable, _COLUMNS, rows, f"the packet's way:\n{path}")


def _fits(wanted: str, datatable: Table, known: Sequence[str], rows: Sequence[Row], seen: str) -> None:
    columns, *lines = [[cell.strip() for cell in line] for line in datatable]
    if unknown := [each for each in columns if each not in known]:
        raise NotSoError(f"the columns are some of {', '.join(known)}", f"there is {', '.join(unknown)}")
    faults = list(_differences(columns, lines, rows))
    if faults:
        raise NotSoError(wanted, "\n".join([*faults, seen]))


def _differences(columns: Sequence[str], lines: Table, rows: Sequence[Row]) -> Iterator[str]:
    if len(lines) != len(rows):
        yield f"there are {len(rows)} rows, not {len(lines)}"
    for number, (line, row) in enumerate(zip(lines, rows, strict=False), 1):
        for column, cell in zip(columns, line, strict=True):
            if cell and not fnmatchcase(_plain(row[column]), _pattern(cell)):
                yield f"row {number}: {column} is {row[column] or 'empty'}, not {cell}"


def _pattern(cell: str) -> str:
    """Return a cell as a pattern in which only the star is special."""
    return _plain(cell).replace("?", "[?]")


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace('"', "'")
