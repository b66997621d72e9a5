"""What is admitted about networking: the default class of Ingresses.

Source: plugin/pkg/admission/network/defaultingressclass/admission.go.
"""

from podproof.simulator.api.admission.asking import Asking, Plugin
from podproof.simulator.model.objects import at

CLASSES = "ingressclasses.networking.k8s.io"
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_NOTE = "kubernetes.io/ingress.class"


def _name_class(asking: Asking) -> None:
    """Give an Ingress that names no class the default one: of several, the one made last, then the first by name."""
    item = asking.draft
    if "ingressClassName" in item["spec"] or _NOTE in (at(item, "metadata", "annotations") or {}):
        return
    classes = asking.around.store.list(CLASSES)
    found = [each for each in classes if (at(each, "metadata", "annotations") or {}).get(_DEFAULT) == "true"]
    latest = max((each["metadata"]["creationTimestamp"] for each in found), default="")
    names = [each["metadata"]["name"] for each in found if each["metadata"]["creationTimestamp"] == latest]
    if names:
        item["spec"]["ingressClassName"] = min(names)


DEFAULT_INGRESS_CLASS = Plugin("DefaultIngressClass", kinds=("Ingress",), admit=_name_class)
