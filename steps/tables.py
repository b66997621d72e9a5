"""What kubectl get prints."""

from collections.abc import Mapping, Sequence

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model import tables
from podproof.simulator.model.custom.types import CustomType, served_versions, type_of
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record

_Row = Mapping[str, str]


@says("kubectl get {kind:plural} -o wide shows:")
@says("kubectl get {kind:plural} shows:")
@says("kubectl get {kind:plural} shows within {limit:duration}:")
def kubectl_get_shows(cluster: Cluster, kind: str, datatable: Sequence[Sequence[str]], limit: Nanos) -> None:
    """Each row of the table is printed, the columns it names read so; other rows and columns may be anything."""
    columns, *rows = datatable
    custom = _custom(cluster.record(), kind)
    _check_columns(kind, columns, custom)
    wanted = [dict(zip(columns, row, strict=True)) for row in rows]
    subjects = tuple(ref for ref in cluster.record().refs(kind) if ref.name in {row.get("NAME") for row in wanted})

    def test(record: Record) -> tuple[bool, str]:
        text, printed = _printed(record, kind, cluster.namespace, custom)
        missing = [row for row in wanted if not any(_reads(each, row) for each in printed)]
        return not missing, f"kubectl get prints:\n{text}" if printed else "kubectl get prints: No resources found"

    words = f"kubectl get {kind.lower()}s shows " + "; ".join(" ".join(row) for row in rows)
    prove(cluster, Becomes(words, subjects, test, limit), limit)


@says("kubectl get {kind:plural} shows nothing")
def kubectl_get_shows_nothing(cluster: Cluster, kind: str) -> None:
    custom = _custom(cluster.record(), kind)

    def test(record: Record) -> tuple[bool, str]:
        text, printed = _printed(record, kind, cluster.namespace, custom)
        return not printed, f"kubectl get prints:\n{text}"

    prove(cluster, Becomes(f"kubectl get {kind.lower()}s shows nothing", (), test, Nanos(0)), Nanos(0))


def _custom(record: Record, kind: str) -> CustomType | None:
    """Return what a definition says of a kind, of its preferred version: of that kubectl prints the columns."""
    found = kinds.defined(record, kind)
    served = served_versions(found) if found is not None else []
    return type_of(found, served[0]) if found is not None and served else None


def _check_columns(kind: str, columns: Sequence[str], custom: CustomType | None) -> None:
    known = tables.table(kind, (), Nanos(0), wide=True, custom=custom).columns
    unknown = [each for each in columns if each not in known]
    if unknown:
        wanted = f"kubectl get prints the column {', '.join(unknown)}"
        raise NotSoError(wanted, f"the columns of {kind} are {', '.join(known)}")


def _printed(record: Record, kind: str, namespace: str, custom: CustomType | None) -> tuple[str, list[_Row]]:
    """Return what kubectl would print now, as its text and as rows by column."""
    found = (record.latest(ref) for ref in sorted(record.refs(kind)) if ref.namespace in ("", namespace))
    items = [item for item in found if item is not None]
    now = Nanos(record.start + record.now)
    wide = tables.table(kind, items, now, wide=True, custom=custom)
    rows: list[_Row] = [dict(zip(wide.columns, map(tables.text, row), strict=True)) for row in wide.rows]
    return tables.render(tables.table(kind, items, now, custom=custom)).rstrip(), rows


def _reads(printed: _Row, wanted: _Row) -> bool:
    """Say whether a printed row reads as wanted; RESTARTS may be given without its "(42s ago)"."""
    return all(_same(column, printed[column], text) for column, text in wanted.items())


def _same(column: str, printed: str, wanted: str) -> bool:
    return printed == wanted or (column == "RESTARTS" and printed.partition(" (")[0] == wanted)
