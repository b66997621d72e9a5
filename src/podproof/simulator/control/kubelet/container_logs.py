"""Which container's log a reader gets, or the kubelet's reason why there is none.

Source: pkg/kubelet/kubelet.go, validateContainerLogStatus, GetKubeletContainerLogs.
"""

from podproof.simulator.kernel.requests import NoLogError
from podproof.simulator.model.objects import Object

_STATUSES = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_PULL_FAILURES = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def container_of_log(pod: Object, name: str, previous: bool) -> str:
    """Return the id of the container whose log is asked for.

    Raises:
        NoLogError: it has none yet, or no longer.
    """
    where = f'container "{name}" in pod "{pod["metadata"]["name"]}"'
    status = _status(pod, name)
    if status is None:
        raise NoLogError(f"{where} is not available")
    state, last = status["state"], (status.get("lastState") or {}).get("terminated") or {}
    if previous:
        return _known(last, f"previous terminated {where} not found")
    if "running" in state:
        return str(status["containerID"]).partition("://")[2]
    if "terminated" in state and state["terminated"].get("containerID"):
        return _known(state["terminated"], "")
    if "terminated" in state or last:
        return _known(last, f"{where} is terminated")
    reason = (state.get("waiting") or {}).get("reason", "")
    raise NoLogError(f"{where} is waiting to start: {_PULL_FAILURES.get(reason, reason or 'no logs yet')}")


def _known(ended: Object, otherwise: str) -> str:
    if not ended.get("containerID"):
        raise NoLogError(otherwise)
    return str(ended["containerID"]).partition("://")[2]


def _status(pod: Object, name: str) -> Object | None:
    status = pod.get("status", {})
    known = (each for group in _STATUSES for each in status.get(group) or ())
    return next((each for each in known if each["name"] == name), None)
