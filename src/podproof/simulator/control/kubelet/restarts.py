"""Whether a container that is not running is to be started (again)."""

from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.model.objects import Object
from podproof.simulator.model.restart_rules import NEVER, should_restart


def should_start(container: Object, pod: Object, runtime: PodRuntime) -> bool:
    """Return whether the container is to be running and is not.

    Source: pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted.
    """
    if pod["metadata"].get("deletionTimestamp"):
        return False
    latest = runtime.latest(container["name"])
    if latest is None or latest.state in (ContainerState.CREATED, ContainerState.UNKNOWN):
        return True
    if latest.state is ContainerState.RUNNING:
        return False
    return should_restart(container, pod["spec"], latest.exit_code or 0)


def pod_may_restart(pod_spec: Object) -> bool:
    """Return whether anything in the pod is ever started twice.

    Source: pkg/api/v1/pod/util.go, IsContainerRestartable; kuberuntime_manager.go, shouldRestartOnFailure.
    """
    return pod_spec.get("restartPolicy", "Always") != NEVER or any(
        container.get("restartPolicyRules") or container.get("restartPolicy", NEVER) != NEVER
        for container in pod_spec["containers"]
    )
