"""What one probe came to, in the words of Kubernetes. Pure.

Source: pkg/probe/exec/exec.go, Probe; pkg/probe/http/http.go, DoHTTPProbe; pkg/probe/tcp/tcp.go, DoTCPProbe;
pkg/probe/grpc/grpc.go, Probe; pkg/kubelet/prober/prober.go, probe.
"""

from typing import NamedTuple

from podproof.simulator.control.kubelet.handlers import Connected, Fetched
from podproof.simulator.control.kubelet.probes.rules import FAILURE, SUCCESS, Kind
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.machine.grpc import SERVING, parse_health_reply

WARNING, ERROR = "Warning", "Error"
_OUTPUT_LIMIT = 10 * 1024
"""Source: pkg/probe/exec/exec.go, maxReadLength; pkg/probe/http/http.go, maxRespBodyLength."""


class ProbeOutcome(NamedTuple):
    """Success, Failure, Warning (a success that is told), or Error (nothing is known), with what there is to tell."""

    verdict: str
    text: str = ""

    @property
    def result(self) -> str:
        """Return the result that is counted, "" where there is none."""
        return {SUCCESS: SUCCESS, WARNING: SUCCESS, FAILURE: FAILURE}.get(self.verdict, "")

    def event(self, kind: Kind) -> tuple[str, str] | None:
        """Return the reason and message of the event that tells it, None where there is nothing to tell."""
        name = kind.capitalize()
        if self.verdict == FAILURE:
            return "Unhealthy", f"{name} probe failed: {self.text}"
        if self.verdict == ERROR:
            return "Unhealthy", f"{name} probe errored and resulted in unknown state: {self.text}"
        return ("ProbeWarning", f"{name} probe warning: {self.text}") if self.verdict == WARNING else None


def of_exec(command: tuple[str, ...], timeout_s: int, ended: ExecResult) -> ProbeOutcome:
    """Return what a command's end means."""
    if ended.error:
        return ProbeOutcome(ERROR, f"rpc error: code = Unknown desc = {ended.error}")
    if ended.timed_out:
        return ProbeOutcome(FAILURE, f'command timed out: "{" ".join(command)}" timed out after {timeout_s}s')
    return ProbeOutcome(FAILURE if ended.exit_code else SUCCESS, ended.output[:_OUTPUT_LIMIT])


def of_http(fetched: Fetched) -> ProbeOutcome:
    """Return what a response means: 200 to 399 is a success, a redirect that was not followed a warning."""
    response = fetched.response
    if response is None:
        return ProbeOutcome(FAILURE, fetched.error)
    if not 200 <= response.status < 400:
        return ProbeOutcome(FAILURE, f"HTTP probe failed with statuscode: {response.status}")
    body = response.body[:_OUTPUT_LIMIT]
    if response.status >= 300:
        return ProbeOutcome(WARNING, f"Probe terminated redirects, Response body: {body}")
    return ProbeOutcome(SUCCESS, body)


def of_tcp(connected: Connected) -> ProbeOutcome:
    """Return what a connection means."""
    return ProbeOutcome(FAILURE, connected.error) if connected.error else ProbeOutcome(SUCCESS)


def of_grpc(where: str, timeout_s: int, connected: Connected) -> ProbeOutcome:
    """Return what a health check means. Who does not speak gRPC is waited for until the time is over."""
    status = None if connected.error else parse_health_reply(connected.reply)
    if status is None:
        text = f'timeout: failed to connect service "{where}" within {timeout_s}s: context deadline exceeded'
        return ProbeOutcome(FAILURE, text)
    if status != SERVING:
        return ProbeOutcome(FAILURE, f'service unhealthy (responded with "{status}")')
    return ProbeOutcome(SUCCESS, "service healthy")
