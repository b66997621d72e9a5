"""ServiceAccount: every pod runs as an account of its namespace.

Approximated: no token volume is added. The default account is there, or will be in a moment: the real server waits for
it as long, where it refuses a pod at once for any other account that is not there.
Source: plugin/pkg/admission/serviceaccount/admission.go.
"""

from podproof.simulator.api.admission.asking import Asking, Plugin
from podproof.simulator.model.static_pods import is_mirror

_DEFAULT_ACCOUNT = "default"


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
    given = (account or {}).get("imagePullSecrets")
    if given and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": each.get("name", "")} for each in given]


SERVICE_ACCOUNT = Plugin("ServiceAccount", kinds=("Pod",), admit=_admit)
