"""Kubernetes' own figures and events, where ../shared is at hand."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podproof.cli import main
from podproof.simulator.control import kubelet, scheduler
from podproof.simulator.control.kubelet.back_off import BackOffRule, BackOffs, crash_loop_rule, image_pull_rule
from podproof.simulator.control.kubelet.images import go_duration
from podproof.simulator.control.timings import figure
from podproof.simulator.model.times import Nanos, seconds

REPOSITORY = Path(__file__).parents[3]
FACTS = REPOSITORY.parent / "shared" / "facts"
TRACES = REPOSITORY / "tests" / "traces" / "data"

pytestmark = pytest.mark.skipif(not FACTS.exists(), reason=f"{FACTS} is not here")


def facts(name: str) -> list[dict[str, Any]]:
    """Return the rows of a table of facts, none where it is not here."""
    path = FACTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


FIGURES = {
    "crashloop.initial": ("kubelet", "crash_loop_first"),
    "crashloop.max": ("kubelet", "crash_loop_ceiling"),
    "crashloop.resetAfter": ("kubelet", "crash_loop_forgotten_after"),
    "crashloop.wakeupJitter": ("kubelet", "retry_jitter"),
    "imagepull.initial": ("kubelet", "image_pull_first"),
    "imagepull.max": ("kubelet", "image_pull_ceiling"),
    "sync.errorBackoff": ("kubelet", "retry_period"),
    "sync.resync": ("kubelet", "resync_period"),
    "pleg.relistPeriod": ("kubelet", "relist_period"),
    "kubelet.housekeeping": ("kubelet", "housekeeping"),
    "kubelet.syncTicker": ("kubelet", "sync_ticker"),
    "kubelet.statusManagerSyncPeriod": ("kubelet", "status_batch"),
    "kubelet.evictionMonitor": ("eviction", "period"),
    "termination.minimumGracePeriod": ("kubelet", "minimum_grace"),
    "node.leaseRenewInterval": ("kubelet", "lease_renewal"),
    "node.statusUpdateFrequency": ("kubelet", "node_status"),
    "node.monitorPeriod": ("node_lifecycle", "monitor_period"),
    "node.monitorGracePeriod": ("node_lifecycle", "grace"),
    "node.evictionRate.primary": ("node_lifecycle", "evictions_per_second"),
    "eviction.pressureTransitionPeriod": ("eviction", "pressure_transition"),
    "volume.podAttachAndMountTimeout": ("kubelet", "mount_timeout"),
    "volume.mountBackoff.initial": ("kubelet", "mount_retry_first"),
    "volume.mountBackoff.max": ("kubelet", "mount_retry_ceiling"),
}
AMOUNTS = {
    "eviction.hard.memoryAvailable": ("100Mi", ("eviction", "memory_available"), 100 * 2**20),
    "eviction.hard.nodefsAvailable": ("10%", ("eviction", "disk_available"), 0.1),
}
CONSTANTS = {row["id"]: row["expected"]["value"] for row in facts("backoff") if row["kind"] == "constant"}
CRASHES = [row for row in facts("backoff") if row["kind"] == "crashLoopSeries"]
PULLS = [row for row in facts("backoff") if row["kind"] == "imagePullSeries"]


@pytest.mark.parametrize("fact", FIGURES)
def test_figures_are_those_of_kubernetes(fact: str) -> None:
    assert figure(*FIGURES[fact]) == CONSTANTS[fact]


@pytest.mark.parametrize("fact", AMOUNTS)
def test_amounts_are_those_of_kubernetes(fact: str) -> None:
    text, ours, value = AMOUNTS[fact]

    assert (CONSTANTS[fact], figure(*ours)) == (text, value)


def test_a_failed_pull_is_forgotten_when_kubernetes_forgets_it() -> None:
    assert image_pull_rule().forgotten_after == seconds(CONSTANTS["imagepull.resetAfter"])


def crashes(rule: BackOffRule, runs: list[int]) -> Iterator[tuple[Nanos, Nanos]]:
    """Yield when each instance exited and how long its restart waits for that."""
    series, key, started = BackOffs(rule), ("uid",), Nanos(0)
    for run in runs:
        exited = Nanos(started + seconds(run))
        wait = series.wait(key) if series.waits(key, exited, exited) else Nanos(0)
        started = Nanos(exited + wait)
        assert not series.waits(key, exited, started)
        series.count(key, exited, started)
        yield exited, wait


@pytest.mark.parametrize("row", CRASHES, ids=[row["id"] for row in CRASHES])
def test_a_crash_loop_waits_as_long_as_the_real_one(row: dict[str, Any]) -> None:
    given, wanted = row["input"], row["expected"]["instances"]
    real = crash_loop_rule()
    rule = BackOffRule(real.first, seconds(given["maxBackoffSeconds"]), real.forgotten_after)

    made = list(crashes(rule, given["runSecondsPerInstance"]))

    assert made == [(seconds(each["exitedAt"]), seconds(each["restartDelaySeconds"])) for each in wanted]
    assert [f"back-off {go_duration(wait)}" if wait else "" for _, wait in made] == [
        each["waitingMessage"].partition(" restarting")[0] for each in wanted
    ]


@pytest.mark.parametrize("row", PULLS, ids=[row["id"] for row in PULLS])
def test_failing_pulls_wait_as_long_as_the_real_ones(row: dict[str, Any]) -> None:
    series, key, now = BackOffs(image_pull_rule()), ("uid", "image"), Nanos(0)

    for attempt in row["expected"]["attempts"]:
        now = Nanos(now + seconds(row["input"]["pullFailsAfterSeconds"]))
        series.count(key, now, now)
        assert (now, series.wait(key)) == (seconds(attempt["failedAt"]), seconds(attempt["backoffSeconds"]))
        until = seconds(attempt["earliestNextPullAt"])
        assert series.in_back_off(key, Nanos(until - 1))
        assert not series.in_back_off(key, until)
        now = until


EVENTS = facts("events")
KNOWN = {(row["component"], row["type"], row["reason"]) for row in EVENTS}
COMPUTED = {
    ("kubelet", "Normal", "DeadlineExceeded"),
    ("kubelet", "Warning", "Evicted"),
    ("kubelet", "Warning", "NodeAffinity"),
    ("kubelet", "Warning", "OutOfcpu"),
    ("kubelet", "Warning", "Unhealthy"),
    ("kubelet", "Warning", "ProbeWarning"),
    ("kubelet", "Warning", "ResizeDeferred"),
    ("kubelet", "Warning", "ResizeInfeasible"),
    ("kubelet", "Normal", "NodeReady"),
    ("kubelet", "Normal", "Starting"),
    ("kubelet", "Normal", "NodeAllocatableEnforced"),
    ("kubelet", "Normal", "NodeHasSufficientPID"),
    ("kubelet", "Normal", "NodeHasSufficientMemory"),
    ("kubelet", "Normal", "NodeHasInsufficientMemory"),
    ("kubelet", "Normal", "NodeHasNoDiskPressure"),
    ("kubelet", "Normal", "NodeHasDiskPressure"),
}
"""Events whose reason is no literal where they are emitted."""
UNLISTED = {
    ("kubelet", "Warning", "FreeDiskSpaceFailed"): "pkg/kubelet/images/image_gc_manager.go, GarbageCollect",
    ("kubelet", "Warning", "ImageGCFailed"): "pkg/kubelet/kubelet.go, StartGarbageCollection",
    ("kubelet", "Warning", "LifecycleHTTPFallback"): "pkg/kubelet/lifecycle/handlers.go",
    ("kubelet", "Normal", "NodeHasInsufficientMemory"): "pkg/kubelet/nodestatus/setters.go, MemoryPressureCondition",
    ("kubelet", "Normal", "NodeHasDiskPressure"): "pkg/kubelet/nodestatus/setters.go, DiskPressureCondition",
}
"""Events of Kubernetes that the table of facts leaves out, with their source."""


def literals(component: str, path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the events a module emits under a literal reason."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="emit") | ast.Name(id="Emit"),
                args=[_, ast.Constant(value=str(kind)), ast.Constant(value=str(reason)), *_],
            ):
                yield component, kind, reason


def emitted() -> set[tuple[str, str, str]]:
    """Return every event our kubelet and scheduler can emit."""
    modules = dict.fromkeys(Path(kubelet.__path__[0]).rglob("*.py"), "kubelet")
    modules[Path(str(scheduler.__file__))] = "default-scheduler"
    return {event for path, component in modules.items() for event in literals(component, path)} | COMPUTED


def test_every_event_is_one_that_kubernetes_has() -> None:
    assert emitted() - KNOWN == set(UNLISTED)


def test_the_events_in_the_code_are_found() -> None:
    assert {
        ("kubelet", "Warning", "BackOff"),
        ("kubelet", "Normal", "BackOff"),
        ("kubelet", "Warning", "FailedMount"),
        ("default-scheduler", "Normal", "Scheduled"),
    } <= emitted()


def pattern(template: str) -> re.Pattern[str]:
    """Return what matches a message made from a template: {anything} stands for a text, [, anything] may be absent."""
    parts = re.split(r"(\{[^}]*\}|\[[^{\]][^\]]*\])", template)
    return re.compile("".join(".*" if index % 2 else re.escape(part) for index, part in enumerate(parts)), re.DOTALL)


def templates(component: str, kind: str, reason: str) -> list[str]:
    """Return the templates of whole messages of an event."""
    same = (row for row in EVENTS if (row["component"], row["type"], row["reason"]) == (component, kind, reason))
    return [row["messageTemplate"] for row in same if not row.get("when", "").startswith("value of")]


MATCHES = {
    "a name takes a placeholder's place": ('Pulling image "{image}"', 'Pulling image "busybox:1.28"', True),
    "another text does not match": ('Pulling image "{image}"', 'Pulling the image "busybox:1.28"', False),
    "what may be absent is": ("{count} {reason}[, {count} {reason}...]. {more}", "1 Insufficient cpu. no", True),
    "brackets of the text itself stay": ("unmounted volumes=[{names}]: {error}", "unmounted volumes=v: gone", False),
}


@pytest.mark.parametrize(("template", "message", "matches"), MATCHES.values(), ids=MATCHES.keys())
def test_templates_match(template: str, message: str, matches: bool) -> None:
    assert (pattern(template).fullmatch(message) is not None) is matches


TOLD = (
    "configmap-missing",
    "delete-graceful",
    "image-invalid-name",
    "image-never-absent",
    "image-not-found",
    "image-update-restarts",
    "init-fail-always",
    "liveness-exec",
    "poststart-fails",
    "readiness-http",
    "restart-always-exit3",
    "sandbox-killed",
    "secret-volume-missing",
    "startup-probe",
    "unschedulable-node-selector",
)


@pytest.mark.parametrize("name", TOLD)
def test_messages_follow_the_templates_of_kubernetes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["record", str(TRACES / f"{name}.json"), "--out", str(tmp_path)]) == 0, capsys.readouterr().err
    played = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    events = [event for run in played["runs"] for event in run["events"]]

    strange = [
        event["message"]
        for event in events
        if event["component"] in ("kubelet", "default-scheduler")
        and not any(
            pattern(template).fullmatch(event["message"])
            for template in templates(event["component"], event["type"], event["reason"])
        )
    ]

    assert events
    assert strange == []
