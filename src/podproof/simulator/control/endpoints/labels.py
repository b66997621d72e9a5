"""The labels and annotations by which Services, their endpoints and the controllers of these know each other.

Source: staging/src/k8s.io/api/discovery/v1/well_known_labels.go; core/v1/annotation_key_constants.go;
pkg/controller/endpoint/endpoints_controller.go, LabelManagedBy.
"""

from collections.abc import Mapping

from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror"
HEADLESS = "service.kubernetes.io/headless"
TRIGGERED_AT = "endpoints.kubernetes.io/last-change-trigger-time"
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by"
LEADER = "control-plane.alpha.kubernetes.io/leader"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

BY_SERVICE = "slices of a Service"
"""The index of slices by the Service they are for; see `index_key`."""

SLICES_CONTROLLER = "endpointslice-controller.k8s.io"
MIRRORING_CONTROLLER = "endpointslicemirroring-controller.k8s.io"
ENDPOINTS_CONTROLLER = "endpoint-controller"


def labels_of(item: Object) -> Mapping[str, str]:
    """Return an object's labels."""
    return item["metadata"].get("labels") or {}


def annotations_of(item: Object) -> Mapping[str, str]:
    """Return an object's annotations."""
    return item["metadata"].get("annotations") or {}


def service_of(each: Object) -> str:
    """Return the name of the Service a slice is for, "" where it is for none."""
    return labels_of(each).get(SERVICE_NAME, "")


def managed_by(each: Object) -> str:
    """Return the controller that a slice belongs to, "" where it names none."""
    return labels_of(each).get(MANAGED_BY, "")


def service_key(each: Object) -> Key:
    """Return the namespace and name of the Service a slice is for; the name is "" where it is for none."""
    return each["metadata"].get("namespace", ""), service_of(each)


def index_key(key: Key) -> str:
    """Return what the slices of a Service are found under."""
    return "/".join(key)


def index_by_service(slices: Informer) -> None:
    """Let slices be found by their Service."""
    slices.add_index(BY_SERVICE, lambda each: [index_key(service_key(each))])


def slices_of(slices: Informer, key: Key) -> list[Object]:
    """Return the slices that are there for a Service."""
    return list(slices.by_index(BY_SERVICE, index_key(key)))
