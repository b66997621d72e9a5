"""The rules of namespaces.

Source: pkg/registry/core/namespace/strategy.go; pkg/apis/core/validation/validation.go, ValidateNamespaceUpdate.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.model.names import qualified_name
from podproof.simulator.model.objects import Object

NAME_LABEL = "kubernetes.io/metadata.name"
_FINALIZER = "kubernetes"


def _default(namespace: Draft) -> None:
    """Label a namespace with its own name, and call it active.

    Source: pkg/apis/core/v1/defaults.go, SetDefaults_Namespace.
    """
    meta = namespace["metadata"]
    if meta.get("name"):
        meta.setdefault("labels", {})[NAME_LABEL] = meta["name"]
    namespace.setdefault("status", {}).setdefault("phase", "Active")


def _begin(namespace: Draft) -> None:
    _default(namespace)
    namespace["status"] = {"phase": "Active"}
    finalizers = namespace.setdefault("spec", {}).setdefault("finalizers", [])
    if _FINALIZER not in finalizers:
        finalizers.append(_FINALIZER)


def _carry_over(namespace: Draft, old: Object) -> None:
    namespace["spec"], namespace["status"] = old["spec"], old["status"]


def _faults(namespace: Draft) -> Iterator[Fault]:
    for finalizer in namespace["spec"].get("finalizers") or ():
        for detail in qualified_name(finalizer):
            yield invalid("spec.finalizers", finalizer, detail)
        if "/" not in finalizer and finalizer != _FINALIZER:
            yield invalid(
                "spec.finalizers", finalizer, "name is neither a standard finalizer name nor is it fully qualified"
            )


RULES = Rules(default=_default, begin=_begin, validate=_faults, carry_over=_carry_over, derives=True)
