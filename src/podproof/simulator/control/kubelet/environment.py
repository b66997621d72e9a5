"""A container's environment: ConfigMaps and Secrets as a whole, then its own variables, then the Services'.

Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.
"""

from collections.abc import Mapping

from podproof.simulator.control.kubelet.env_files import value_of_file
from podproof.simulator.control.kubelet.fields import field_of_pod, resource_of_pod
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.machine.nodes import Directory, File
from podproof.simulator.model.expansion import environment
from podproof.simulator.model.objects import Object

_REFS = {"configMapKeyRef": ("configmap", "ConfigMap"), "secretKeyRef": ("secret", "Secret")}


def container_environment(
    pod: Object,
    container: Object,
    sources: Sources,
    addresses: Mapping[str, str],
    volumes: Mapping[str, Directory | File],
) -> dict[str, str]:
    """Return the environment a container is created with; `volumes` are the pod's by name.

    Raises:
        SourceError: a ConfigMap, a Secret or a key that must be there is not.
    """

    def value_from(source: Object) -> str | None:
        if "fieldRef" in source:
            return field_of_pod(pod, source["fieldRef"]["fieldPath"], addresses)
        if "resourceFieldRef" in source:
            return resource_of_pod(pod, container, source["resourceFieldRef"], sources.allocatable)
        if "fileKeyRef" in source:
            return value_of_file(source["fileKeyRef"], volumes)
        return _value_of_key(pod, source, sources)

    given = _whole_sources(pod, container, sources)
    return environment(container.get("env") or (), sources.services(pod), value_from, sources=given)


def _whole_sources(pod: Object, container: Object, sources: Sources) -> dict[str, str]:
    """Return what envFrom brings; of one name the later source wins."""
    made: dict[str, str] = {}
    for each in container.get("envFrom") or ():
        kind = "configmap" if "configMapRef" in each else "secret"
        ref = each["configMapRef" if kind == "configmap" else "secretRef"]
        texts = sources.texts(kind, pod["metadata"]["namespace"], ref["name"], bool(ref.get("optional")))
        made.update({f"{each.get('prefix', '')}{key}": value for key, value in (texts or {}).items()})
    return made


def _value_of_key(pod: Object, source: Object, sources: Sources) -> str | None:
    """Return the value of a key, None where it may be and is missing."""
    field = next(iter(source))
    kind, shown = _REFS[field]
    ref, namespace = source[field], pod["metadata"]["namespace"]
    optional = bool(ref.get("optional"))
    texts = sources.texts(kind, namespace, ref["name"], optional)
    if texts is None or ref["key"] in texts:
        return None if texts is None else texts[ref["key"]]
    if optional:
        return None
    raise SourceError(f"couldn't find key {ref['key']} in {shown} {namespace}/{ref['name']}")
