"""The log subresource: which container is meant, and how much of its log is wanted.

Source: pkg/registry/core/pod/strategy.go, LogLocation, validateContainer.
"""

from collections.abc import Callable, Mapping

from podproof.errors import NotModelledError
from podproof.simulator.api import statuses
from podproof.simulator.kernel.requests import NodeUnreachableError, NoLogError
from podproof.simulator.model.objects import Object

LogSource = Callable[[Object, str, bool], str]
"""(pod, container, previous) to the log as the node has it; raises NoLogError."""

_ABSENT = ("timestamps", "sinceSeconds", "sinceTime", "follow", "stream")


def pod_log(pod: Object, params: Mapping[str, str], source: LogSource | None) -> str:
    """Return the log that `params` (container, previous, tailLines, limitBytes) ask for.

    Raises:
        ApiError: no such container, or the node has no log of it.
        NotModelledError: an option that is not modelled.
    """
    for option in _ABSENT:
        if params.get(option, "false") not in ("false", "0", "", "All"):
            raise NotModelledError(f"the option {option} of pods/log", f"pod {pod['metadata']['name']}")
    container = _container(pod, params.get("container", ""))
    if not pod["spec"].get("nodeName") or source is None:
        return ""
    try:
        text = source(pod, container, params.get("previous") == "true")
    except NoLogError as error:
        raise statuses.bad_request(str(error)) from None
    except NodeUnreachableError as error:
        raise statuses.failure(500, "", str(error)) from None
    return _cut(text, params)


def _container(pod: Object, wanted: str) -> str:
    name, spec = pod["metadata"]["name"], pod["spec"]
    apps = [each["name"] for each in spec["containers"]]
    inits = [each["name"] for each in spec.get("initContainers") or ()]
    if not wanted and len(apps) == 1:
        return str(apps[0])
    if not wanted:
        listed = f"choose one of: [{' '.join(apps)}]"
        first = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
        raise statuses.bad_request(f"a container name must be specified for pod {name}, {listed}{first}")
    ephemeral = [each["name"] for each in spec.get("ephemeralContainers") or ()]
    if wanted not in (*apps, *inits, *ephemeral):
        raise statuses.bad_request(f"container {wanted} is not valid for pod {name}")
    return wanted


def _cut(text: str, params: Mapping[str, str]) -> str:
    if (lines := int(params.get("tailLines", "-1"))) >= 0:
        text = "".join(text.splitlines(keepends=True)[-lines:] if lines else ())
    if (limit := int(params.get("limitBytes", "0"))) > 0:
        text = text.encode()[:limit].decode(errors="ignore")
    return text
