"""What `kubectl describe` says of what pods are configured with; the values of Secrets are never shown.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, ConfigMapDescriber, describeSecret, describeServiceAccount.
"""

import base64

from podproof.simulator.model.describe_parts import Around, Lines, head
from podproof.simulator.model.objects import Object
from podproof.simulator.model.table_cells import NONE


def config_map(item: Object, around: Around) -> Lines:
    """Yield what is said of a ConfigMap."""
    yield from head(item)
    yield from ("", "Data", "====")
    for key, text in sorted((item.get("data") or {}).items()):
        yield from (f"{key}:", "----", *text.split("\n"), "")
    yield from ("", "BinaryData", "====")
    yield from (f"{key}: {_size(data)} bytes" for key, data in sorted((item.get("binaryData") or {}).items()))
    yield ""


def secret(item: Object, around: Around) -> Lines:
    """Yield what is said of a Secret: how long its values are."""
    yield from head(item)
    yield from ("", f"Type:\t{item.get('type', '')}", "", "Data", "====")
    yield from (f"{key}:\t{_size(data)} bytes" for key, data in sorted((item.get("data") or {}).items()))


def _size(data: str) -> int:
    return len(base64.b64decode(data))


def service_account(item: Object, around: Around) -> Lines:
    """Yield what is said of a ServiceAccount."""
    label = "Image pull secrets:"
    first, *more = [row.get("name", "") for row in item.get("imagePullSecrets") or ()] or [NONE]
    yield from head(item)
    yield f"{label}\t{first}"
    yield from (f"{' ' * len(label)}\t{name}" for name in more)
