"""What a pod's manifest leaves out and the API server fills in. Drafts are changed in place.

Source: pkg/apis/core/v1/defaults.go.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.kinds.volume_defaults import default_volume
from podproof.simulator.api.rules import Draft
from podproof.simulator.model.image_names import default_pull_policy
from podproof.simulator.model.qos import is_pod_level, pod_requests

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_AGGREGATED = ("cpu", "memory")
_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def default_pod(pod: Draft) -> None:
    """Complete a pod.

    Source: SetDefaults_Pod, SetDefaults_PodSpec.
    """
    spec: Draft = pod.setdefault("spec", {})
    default_pod_spec(spec)
    for container in _containers(spec):
        _default_requests(container)
    spec.setdefault("enableServiceLinks", True)
    if spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1
    if spec.get("hostNetwork"):
        _default_host_ports(spec)
    _default_pod_level(pod)


def default_template(template: Draft) -> None:
    """Complete a pod template; what only a pod of its own gets stays open.

    Source: SetDefaults_PodSpec.
    """
    template.setdefault("metadata", {})
    default_pod_spec(template.setdefault("spec", {}))


def default_pod_spec(spec: Draft) -> None:
    """Complete the spec of a pod or of a template.

    Source: SetDefaults_PodSpec, SetDefaults_Container and the defaults of its parts.
    """
    for volume in spec.get("volumes") or ():
        default_volume(volume)
    for container in _containers(spec):
        _default_container(container)
    for key, value in (
        ("restartPolicy", "Always"),
        ("terminationGracePeriodSeconds", 30),
        ("dnsPolicy", "ClusterFirst"),
        ("schedulerName", "default-scheduler"),
    ):
        spec.setdefault(key, value)
    spec.setdefault("securityContext", {})
    _default_service_account(spec)


def _containers(spec: Draft) -> Iterator[Draft]:
    for name in _CONTAINER_LISTS:
        yield from spec.get(name) or ()


def _default_service_account(spec: Draft) -> None:
    """Keep the old and the new name of the field the same; the new one wins.

    Source: pkg/apis/core/v1/conversion.go, Convert_v1_PodSpec_To_core_PodSpec.
    """
    name = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if name:
        spec["serviceAccountName"] = spec["serviceAccount"] = name


def _default_container(container: Draft) -> None:
    if container.get("image"):
        container.setdefault("imagePullPolicy", default_pull_policy(container["image"]))
    container.setdefault("imagePullPolicy", "IfNotPresent")
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for probe in PROBES:
        if probe in container:
            _default_probe(container[probe])
    # Its gate, ContainerStopSignals, is alpha and off: the server drops the field.
    # Source: pkg/api/pod/util.go, dropContainerStopSignals.
    container.get("lifecycle", {}).pop("stopSignal", None)
    for hook in ("postStart", "preStop"):
        _default_http_get(container.get("lifecycle", {}).get(hook, {}))
    for variable in container.get("env") or ():
        default_field_ref(variable.get("valueFrom", {}))


def _default_requests(container: Draft) -> None:
    """Ask for what a container is limited to, where it does not say what it asks for."""
    resources = container["resources"]
    if resources.get("limits"):
        resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}


def default_field_ref(holder: Draft) -> None:
    """Complete a reference to a field of the pod."""
    if "fieldRef" in holder:
        holder["fieldRef"].setdefault("apiVersion", "v1")
    if "resourceFieldRef" in holder:
        holder["resourceFieldRef"].setdefault("divisor", "0")
    if "fileKeyRef" in holder:
        holder["fileKeyRef"].setdefault("optional", False)


def _default_probe(probe: Draft) -> None:
    for key, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)):
        if not probe.get(key):
            probe[key] = value
    _default_http_get(probe)
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


def _default_http_get(handler: Draft) -> None:
    if "httpGet" in handler:
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _default_host_ports(spec: Draft) -> None:
    """Take the node's port of the same number where a pod shares the node's network."""
    for name in ("containers", "initContainers"):
        for container in spec.get(name) or ():
            for port in container.get("ports") or ():
                if not port.get("hostPort"):
                    port["hostPort"] = port.get("containerPort", 0)


def _default_pod_level(pod: Draft) -> None:
    """Complete the resources of the pod as a whole: requests from what its containers ask, then from its limits.

    Source: setDefaultPodRequests, setDefaultPodLimits.
    """
    resources: dict[str, Any] | None = pod["spec"].get("resources")
    if not resources or not (resources.get("limits") or resources.get("requests")):
        return
    requests, limits = dict(resources.get("requests") or {}), resources.get("limits") or {}
    for key, value in pod_requests(pod, overhead=False, pod_level=False).items():
        if key in _AGGREGATED:
            requests.setdefault(key, str(value))
    for key, value in limits.items():
        if is_pod_level(key):
            requests.setdefault(key, value)
    if requests:
        resources["requests"] = requests
