"""What a table says of nodes: amounts, labels, taints, places, disks and images they have, and their network."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from podproof.proof import NotSoError
from podproof.simulator.model.image_names import ImageNameError
from podproof.simulator.model.image_names import parse as parse_image
from podproof.simulator.model.quantities import QuantityError, parse
from podproof.simulator.model.taints import TaintError, taint

AMOUNTS = ("cpu", "memory", "pods")
PLACES = {
    "region": "topology.kubernetes.io/region",
    "zone": "topology.kubernetes.io/zone",
    "rack": "rack",
}
"""Columns that are short for a label."""
NETWORK = {"address": "address", "pod CIDR": "pod_cidr", "segment": "segment"}
"""Columns of a node's network: its own address, its pods' range, and the layer-2 network it is on."""
_COLUMNS = ("name", *AMOUNTS, "labels", "taints", *PLACES, "disks", "images", *NETWORK)

Rows = list[dict[str, str]]
Labels = list[dict[str, str]]


def read(datatable: Sequence[Sequence[str]]) -> tuple[Rows, Labels]:
    """Return what each row says besides labels, and its labels.

    Raises:
        NotSoError: a column, a quantity or a taint is none; all faults are told at once.
    """
    columns, *rows = [[cell.strip() for cell in row] for row in datatable]
    wrong = [column for column in columns if column not in _COLUMNS]
    if wrong or "name" not in columns or not rows:
        seen = f"the columns are {', '.join(columns)}"
        raise NotSoError(f"a table of nodes has a name and any of {', '.join(_COLUMNS[1:])}", seen)
    told = [{key: text for key, text in zip(columns, row, strict=True) if text} for row in rows]
    faults = [fault for row in told for fault in _faults(row)]
    if faults:
        raise NotSoError(
            "; ".join(dict.fromkeys(wanted for wanted, _ in faults)), "\n".join(seen for _, seen in faults)
        )
    labels = [_labels(row) for row in told]
    return [{NETWORK.get(key, key): text for key, text in row.items()} for row in told], labels


def _faults(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in AMOUNTS:
        try:
            parse(row.get(key, "1"))
        except QuantityError:
            yield f"{key} of a node is a quantity, as 2, 500m or 4Gi", f"it is {row[key]}"
    yield from _address_faults(row)
    for text in parts(row.get("images", "")):
        try:
            parse_image(text)
        except ImageNameError as error:
            yield "the images of a node are references, as docker.io/library/nginx:1.27", str(error)
    for text in parts(row.get("taints", "")):
        try:
            taint(text)
        except TaintError as error:
            yield "the taints of a node are taints", str(error)


def _address_faults(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    try:
        ip_address(row.get("address", "192.168.0.10"))
    except ValueError:
        yield "the address of a node is an IP address, as 10.168.0.2", f"it is {row['address']}"
    try:
        ip_network(row.get("pod CIDR", "10.244.0.0/24"))
    except ValueError as error:
        yield "the pod CIDR of a node is a range, as 100.96.1.0/24", str(error)


def _labels(row: dict[str, str]) -> dict[str, str]:
    """Take the labels out of a row, and the columns that stand for one."""
    pairs = [text.partition("=") for text in parts(row.pop("labels", ""))]
    places = {label: row.pop(column) for column, label in PLACES.items() if column in row}
    return {**places, **{key: value for key, _, value in pairs}}


def parts(text: str) -> list[str]:
    """Return what stands between the commas of a cell."""
    return [part.strip() for part in text.split(",") if part.strip()]
