"""Running one probe of a container: its action, tried again where it could not be run, and the event that tells it.

Source: pkg/kubelet/prober/prober.go, probe, runProbeWithRetries, runProbe.
"""

from collections.abc import Callable
from functools import partial

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.handlers import Network, http_get, port_of
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes import outcomes
from podproof.simulator.control.kubelet.probes.outcomes import ERROR, ProbeOutcome
from podproof.simulator.control.kubelet.probes.rules import FAILURE, Kind, timeout_of
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.grpc import health_request
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.expansion import expand_all
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos

_TRIES = 3
"""Source: pkg/kubelet/prober/prober.go, maxProbeRetries."""

Told = Callable[[ProbeOutcome], None]


class Probing:
    """Runs the probes of one node's containers."""

    def __init__(self, agenda: Agenda, runtime: Runtime, network: Network, recorder: EventRecorder) -> None:
        self._agenda, self._runtime, self._network, self._recorder = agenda, runtime, network, recorder

    def probe(
        self, local: LocalPod, kind: Kind, container: Object, container_id: str, done: Callable[[str], None]
    ) -> None:
        """Run a probe once; `done` gets its result, "" where nothing was learnt."""
        path = local.container(container["name"])[1]

        def told(tries: int, outcome: ProbeOutcome) -> None:
            if outcome.verdict == ERROR and tries > 1:
                self._act(local, kind, container, container_id, partial(told, tries - 1))
                return
            event = outcome.event(kind)
            if event is not None:
                self._recorder.emit(local.pod, "Warning", *event, path)
            done(outcome.result)

        self._act(local, kind, container, container_id, partial(told, _TRIES))

    def _act(self, local: LocalPod, kind: Kind, container: Object, container_id: str, told: Told) -> None:
        probe = container[f"{kind}Probe"]
        timeout = timeout_of(probe)
        address = str(local.published.get("podIP", ""))
        if "exec" in probe:
            command = _command(container, probe["exec"]["command"])
            self._runtime.exec(
                container_id, command, timeout, lambda ended: told(outcomes.of_exec(command, timeout // SECOND, ended))
            )
            return
        ask = partial(self._try_to_ask, probe, container, address, timeout, told)
        self._agenda.after(span("kubelet", "probe"), ask)

    def _try_to_ask(self, probe: Object, container: Object, address: str, timeout: Nanos, told: Told) -> None:
        try:
            self._ask(probe, container, address, timeout, told)
        except ValueError as error:
            told(ProbeOutcome(ERROR, str(error)))

    def _ask(self, probe: Object, container: Object, address: str, timeout: Nanos, told: Told) -> None:
        if "httpGet" in probe:
            request = http_get(probe["httpGet"], container, address, "kube-probe")
            self._network.get(request, timeout, lambda fetched: told(outcomes.of_http(fetched)))
        elif "tcpSocket" in probe:
            host, port = probe["tcpSocket"].get("host") or address, port_of(probe["tcpSocket"]["port"], container)
            self._network.connect(host, port, "", timeout, lambda connected: told(outcomes.of_tcp(connected)))
        else:
            self._ask_grpc(probe["grpc"], address, timeout, told)

    def _ask_grpc(self, action: Object, address: str, timeout: Nanos, told: Told) -> None:
        """Ask the health service; a connection that is refused or speaks otherwise is tried until the time is over."""
        began = self._agenda.now
        where = f"{address}:{action['port']}"

        def answered(outcome: ProbeOutcome) -> None:
            waits = outcome.verdict == FAILURE and outcome.text.startswith("timeout")
            self._agenda.after(Nanos(began + timeout - self._agenda.now if waits else 0), partial(told, outcome))

        self._network.connect(
            address,
            action["port"],
            health_request(action.get("service", "")),
            timeout,
            lambda connected: answered(outcomes.of_grpc(where, timeout // SECOND, connected)),
        )


def _command(container: Object, command: list[str]) -> tuple[str, ...]:
    """Return a probe's command with the container's own `env` expanded; what is not literal there counts as empty.

    Source: pkg/kubelet/container/helpers.go, ExpandContainerCommandOnlyStatic .
    """
    known = {row["name"]: row.get("value", "") for row in container.get("env") or ()}
    return tuple(expand_all(command, known))
