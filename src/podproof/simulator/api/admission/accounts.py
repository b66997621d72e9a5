"""ServiceAccount: every pod runs as an account of its namespace, and finds that account's token in its containers.

Approximated: the default account is there, or will be in a moment: the real server waits for it as long, where it
refuses a pod at once for any other account that is not there.
Source: plugin/pkg/admission/serviceaccount/admission.go.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from podproof.simulator.api.admission.asking import Asking, Plugin
from podproof.simulator.api.rules import Draft
from podproof.simulator.model.objects import Object
from podproof.simulator.model.static_pods import is_mirror

_DEFAULT_ACCOUNT = "default"
_PREFIX: Final = "kube-api-access-"
_MOUNT_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
_EXPIRES: Final = 60 * 60 + 7
"""Seconds. Source: pkg/serviceaccount/util.go, WarnOnlyBoundTokenExpirationSeconds."""
_NOBODY: Mapping[str, Any] = MappingProxyType({})


def _admit(asking: Asking) -> None:
    pod, namespace = asking.draft, asking.namespace
    if is_mirror(pod):
        return
    spec = pod["spec"]
    name = spec.get("serviceAccountName") or _DEFAULT_ACCOUNT
    account = asking.around.store.get("serviceaccounts", namespace, name)
    if name != _DEFAULT_ACCOUNT and account is None:
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise asking.refusal(why)
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    if _automounts(account or _NOBODY, spec):
        _mount_token(asking, spec)
    given = (account or _NOBODY).get("imagePullSecrets")
    if given and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": each.get("name", "")} for each in given]


def _automounts(account: Object, spec: Object) -> bool:
    """Say whether the token is mounted: what the pod says counts before what its account does, and both may be silent.

    An account that is still to come is the default one, which mounts none (control/namespace_objects.py).
    Source: admission.go, shouldAutomount.
    """
    said = (each.get("automountServiceAccountToken") for each in (spec, account))
    return next((bool(each) for each in said if each is not None), bool(account))


def _mount_token(asking: Asking, spec: Draft) -> None:
    """Give the token to every container that has nothing of its own at its place. Source: mountServiceAccountToken."""
    lacking = list(_lacking(spec))
    volumes = spec.get("volumes") or []
    known = next((each["name"] for each in volumes if each["name"].startswith(_PREFIX)), None)
    if not lacking:
        return
    name = known or f"{_PREFIX}{asking.around.chance.fork(f'token/{asking.namespace}/{asking.name}').name_suffix()}"
    for container in lacking:
        mount = {"name": name, "readOnly": True, "mountPath": _MOUNT_PATH}
        container["volumeMounts"] = [*(container.get("volumeMounts") or ()), mount]
    if known is None:
        spec["volumes"] = [*volumes, {"name": name, "projected": _token_volume()}]


def _lacking(spec: Draft) -> Iterator[Draft]:
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        if all(each.get("mountPath") != _MOUNT_PATH for each in container.get("volumeMounts") or ()):
            yield container


def _token_volume() -> Draft:
    """Return what the volume is made of: a token, the certificate of the cluster's authority, and the namespace.

    Source: admission.go, TokenVolumeSource.
    """
    field = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "defaultMode": 0o644,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": _EXPIRES, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field}]}},
        ],
    }


SERVICE_ACCOUNT = Plugin("ServiceAccount", kinds=("Pod",), admit=_admit)
