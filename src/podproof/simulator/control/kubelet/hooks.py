"""Lifecycle hooks: what is run right after a container's start, and right before it is told to stop.

Source: pkg/kubelet/lifecycle/handlers.go, handlerRunner.Run; pkg/kubelet/kuberuntime/kuberuntime_container.go,
startContainer, executePreStopHook.
"""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.handlers import NO_TLS, Fetched, HttpGet, Network, http_get
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.worker import Until
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import seconds

POST_START, PRE_STOP = "postStart", "preStop"
FALLBACK = "request to HTTPS lifecycle hook got HTTP response, retry with HTTP succeeded"
_CANCELED = "context canceled"


@dataclass(slots=True)
class HookRun:
    """A hook under way; once it is `done`, `failure` says what went wrong, "" where nothing did."""

    done: bool = False
    failure: str = ""


class Hooks:
    """Runs the lifecycle hooks of one node's containers. `resume(uid)` goes on with a sync that waits for one."""

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        network: Network,
        recorder: EventRecorder,
        resume: Callable[[str], None],
    ) -> None:
        self._agenda, self._runtime, self._network = agenda, runtime, network
        self._recorder, self._resume = recorder, resume

    def after_start(self, local: LocalPod, name: str, container_id: str) -> Generator[Until, None, str]:
        """Run the hook of a container that has just been started; return what went wrong, "" where nothing did.

        A pod that is deleted meanwhile does not wait for it.
        """
        run = self._begin(local, name, container_id, POST_START)
        while not run.done:
            if local.pod["metadata"].get("deletionTimestamp"):
                return _CANCELED
            yield Until()
        if run.failure:
            self._recorder.emit(local.pod, "Warning", "FailedPostStartHook", "PostStartHook failed", _path(local, name))
        return run.failure

    def before_stop(self, local: LocalPod, name: str, container_id: str) -> HookRun:
        """Begin the hook of a container that is to be stopped; one without is done at once."""
        return self._begin(local, name, container_id, PRE_STOP)

    def _begin(self, local: LocalPod, name: str, container_id: str, hook: str) -> HookRun:
        container = local.container(name)[0]
        handler = at(container, "lifecycle", hook)
        run = HookRun(done=handler is None)
        if handler is not None:
            self._act(local, container, container_id, handler, partial(self._ended, local, name, hook, run))
        return run

    def _ended(self, local: LocalPod, name: str, hook: str, run: HookRun, failure: str) -> None:
        run.done, run.failure = True, failure
        if failure and hook == PRE_STOP:
            self._recorder.emit(local.pod, "Warning", "FailedPreStopHook", "PreStopHook failed", _path(local, name))
        self._resume(local.uid)

    def _act(
        self, local: LocalPod, container: Object, container_id: str, handler: Object, ended: Callable[[str], None]
    ) -> None:
        about = f'for Container "{container["name"]}" in Pod "{local.full_name}" failed - error:'
        if "exec" in handler:
            command = tuple(handler["exec"]["command"])
            self._runtime.exec(container_id, command, None, lambda result: ended(exec_failure(command, about, result)))
        elif "sleep" in handler:
            self._agenda.after(seconds(handler["sleep"]["seconds"]), partial(ended, ""))
        else:
            self._ask(local, container, handler["httpGet"], about, ended)

    def _ask(
        self, local: LocalPod, container: Object, action: Object, about: str, ended: Callable[[str], None]
    ) -> None:
        failed = f"HTTP lifecycle hook ({action.get('path', '/')}) {about}"
        address = next((each.address for each in reversed(self._runtime.sandboxes(local.uid)) if each.ready), "")
        try:
            request = http_get(action, container, address, "kube-lifecycle")
        except ValueError as error:
            ended(f"{failed} {error}")
            return
        told = partial(self._answered, local, request, lambda error: ended(f"{failed} {error}" if error else ""))
        self._network.get(request, None, told)

    def _answered(self, local: LocalPod, request: HttpGet, ended: Callable[[str], None], fetched: Fetched) -> None:
        """Any answer is a success, whatever its status; one that is no TLS is asked for again without.

        Source: pkg/kubelet/lifecycle/handlers.go, runHTTPHandler.
        """
        if not fetched.error.endswith(NO_TLS):
            ended(fetched.error)
            return

        def retried(again: Fetched) -> None:
            if not again.error:
                self._recorder.emit(local.pod, "Warning", "LifecycleHTTPFallback", FALLBACK)
            ended(fetched.error if again.error else "")

        self._network.get(request._replace(scheme="http"), None, retried)


def exec_failure(command: tuple[str, ...], about: str, ended: ExecResult) -> str:
    """Return what went wrong with a hook's command, "" where nothing did.

    Source: staging/src/k8s.io/cri-client/pkg/remote_runtime.go, execSync.
    """
    if ended.error:
        error = f"rpc error: code = Unknown desc = {ended.error}"
    elif ended.exit_code:
        error = f"command '{' '.join(command)}' exited with {ended.exit_code}: {ended.stderr}"
    else:
        return ""
    output = json.dumps(ended.output, ensure_ascii=False)
    return f"Exec lifecycle hook ([{' '.join(command)}]) {about} {error}, message: {output}"


def _path(local: LocalPod, name: str) -> str:
    return local.container(name)[1]
