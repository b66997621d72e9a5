"""Pieces of what `kubectl describe` says that several kinds share. Each yields lines whose cells are ended by tabs.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import printed
from podproof.simulator.model.table_cells import NONE, since
from podproof.simulator.model.times import Nanos, long_date

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 140

Lines = Iterator[str]


class Around(NamedTuple):
    """What kubectl asks the cluster besides the object: `of_kind` gives all objects of a kind, `now` is the epoch's."""

    now: Nanos
    of_kind: Callable[[str], Iterable[Object]]

    def beside(self, item: Object, kind: str) -> list[Object]:
        """Return the objects of a kind in an object's own namespace."""
        space = item["metadata"].get("namespace", "")
        return [each for each in self.of_kind(kind) if each["metadata"].get("namespace", "") == space]


def head(item: Object) -> Lines:
    """Yield name, namespace (where there is one), labels and annotations."""
    yield from names(item)
    yield from notes(item)


def names(item: Object) -> Lines:
    """Yield the name and, where there is one, the namespace."""
    meta = item["metadata"]
    yield f"Name:\t{meta['name']}"
    if meta.get("namespace"):
        yield f"Namespace:\t{meta['namespace']}"


def notes(item: Object, indent: str = "") -> Lines:
    """Yield labels and annotations."""
    meta = item.get("metadata") or {}
    yield from pairs(f"{indent}Labels", meta.get("labels") or {})
    yield from annotations(meta.get("annotations") or {}, f"{indent}Annotations")


def controlled_by(item: Object) -> Lines:
    """Yield the controller that owns an object, if one does."""
    owner = next((each for each in item["metadata"].get("ownerReferences") or () if each.get("controller")), None)
    if owner is not None:
        yield f"Controlled By:\t{owner['kind']}/{owner['name']}"


def created(item: Object) -> Lines:
    """Yield when an object was made."""
    yield f"CreationTimestamp:\t{long_date(item['metadata'].get('creationTimestamp'))}"


def selector(found: Object | None) -> Lines:
    """Yield a selector."""
    yield f"Selector:\t{printed(found)}"


def truth(value: bool | None, absent: str = "<unset>") -> str:
    """Return a truth value as describe writes it. Source: printBoolPtr."""
    return absent if value is None else str(bool(value))


def told(item: Object, fields: Iterable[tuple[str, str]], absent: str | None = None) -> Lines:
    """Yield the fields (label, key) of an object; one that is not set reads as `absent`, or is left out."""
    for label, key in fields:
        value = item.get(key, absent)
        if value is not None:
            yield f"{label}:\t{str(value).lower() if isinstance(value, bool) else value}"


def conditions(rows: Sequence[Object], columns: Sequence[tuple[str, str]], gap: str = " ") -> Lines:
    """Yield a table of conditions with the columns (title, key) after Type and Status."""
    if not rows:
        return
    titles = ["Type", "Status", *(title for title, _ in columns)]
    yield "Conditions:"
    yield "  " + "\t".join(titles)
    yield "  " + "\t".join("-" * len(title) for title in titles)
    for row in rows:
        cells = [str(row["type"]), str(row["status"]), *(_cell(row, key) for _, key in columns)]
        yield "  " + f"{gap}\t".join(cells)


def _cell(row: Object, key: str) -> str:
    return long_date(row.get(key)) if key.endswith("Time") else str(row.get(key, ""))


def tolerations(label: str, spec: Object) -> Lines:
    """Yield the tolerations of a pod or of a template."""
    rows = sorted(spec.get("tolerations") or (), key=lambda each: str(each.get("key", "")))
    yield from listed(label, [_toleration(each) for each in rows])


def _toleration(row: Object) -> str:
    text = str(row.get("key", ""))
    text += f"={row['value']}" if row.get("value") else ""
    text += f":{row['effect']}" if row.get("effect") else ""
    if row.get("operator") == "Exists" and not row.get("value"):
        text += " op=Exists" if text else "op=Exists"
    seconds = row.get("tolerationSeconds")
    return f"{text} for {seconds}s" if seconds is not None else text


def spread_constraints(spec: Object, indent: str) -> Lines:
    """Yield the topology spread constraints of a pod or of a template, if there are any."""
    rows = sorted(spec.get("topologySpreadConstraints") or (), key=lambda each: str(each["topologyKey"]))
    texts = [_constraint(row) for row in rows]
    if texts:
        yield from listed(f"{indent}Topology Spread Constraints", texts)


def _constraint(row: Object) -> str:
    chosen = f" for selector {printed(row['labelSelector'])}" if row.get("labelSelector") is not None else ""
    return f"{row['topologyKey']}:{row['whenUnsatisfiable']} when max skew {row['maxSkew']} is exceeded{chosen}"


def pairs(label: str, found: Mapping[str, str]) -> Lines:
    """Yield a map, one pair to a line."""
    yield from listed(label, [f"{key}={value}" for key, value in sorted(found.items())])


def listed(label: str, texts: Sequence[str]) -> Lines:
    """Yield texts, one to a line."""
    first, *more = texts or (NONE,)
    yield f"{label}:\t{first}"
    yield from (f"\t{text}" for text in more)


def annotations(found: Mapping[str, str], label: str = "Annotations") -> Lines:
    """Yield annotations, long ones in lines of their own and cut short."""
    lines: list[str] = []
    for key in sorted(key for key in found if key != _LAST_APPLIED):
        value = found[key].removesuffix("\n")
        if "\n" not in value and len(key) + len(value) + 2 <= _LONGEST_ANNOTATION:
            lines.append(f"{key}: {value}")
            continue
        lines.append(f"{key}:")
        lines.extend(f"  {_short(line)}" for line in value.split("\n"))
    yield from listed(label, lines)


def _short(line: str) -> str:
    longest = _LONGEST_ANNOTATION - 2
    return line if len(line) <= longest else f"{line[:longest]}..."


def events(found: Iterable[Object], now: Nanos) -> Lines:
    """Yield the events about an object, the oldest first."""
    rows = sorted(found, key=_last_seen)
    yield "Events:" if rows else "Events:\t<none>"
    if rows:
        yield "  Type\tReason\tAge\tFrom\tMessage"
        yield "  ----\t------\t----\t----\t-------"
    for row in rows:
        source = at(row, "source", "component") or row.get("reportingComponent", "")
        message = str(row.get("message", "")).strip()
        yield f"  {row.get('type')}\t{row.get('reason')}\t{_when(row, now)}\t{source}\t{message}"


def _last_seen(event: Object) -> str:
    """Return what kubectl sorts by: events that are told by an eventTime of their own come first."""
    return str(event.get("lastTimestamp") or "")


def _when(event: Object, now: Nanos) -> str:
    first = event.get("firstTimestamp") or event.get("eventTime")
    count = at(event, "series", "count") or event.get("count") or 1
    if count <= 1:
        return since(first, now)
    last = at(event, "series", "lastObservedTime") or event.get("lastTimestamp") or first
    return f"{since(last, now)} (x{count} over {since(first, now)})"
