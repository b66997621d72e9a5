"""What a failed expectation prints."""

from base64 import b64encode
from typing import Any, cast

import pytest

from podproof.claims import (
    Bound,
    Claim,
    Eventually,
    Never,
    Outcome,
    PassesThrough,
    RestartCount,
    StaysFor,
    Verdict,
    shows,
)
from podproof.cluster import Cluster, Refusal
from podproof.report.advice import advice_for
from podproof.report.failure import Failure, render
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, moment, seconds
from podproof.timeline import Record

FOO = Ref("Pod", "default", "foo")
START = moment("2026-01-01T00:00:00Z")


def pod(status: str, restarts: int = 0, image: str = "busybox:1.28", **container: Any) -> Object:
    running = status == "Running"
    state = {"running": {}} if running else {"waiting": {"reason": status}}
    row = {"name": "app", "ready": running, "restartCount": restarts, "state": state, **container}
    return {
        "kind": "Pod",
        "metadata": {"name": "foo", "namespace": "default", "uid": "1"},
        "spec": {"containers": [{"name": "app", "image": image}]},
        "status": {"phase": "Running" if running else "Pending", "containerStatuses": [row]},
    }


def event(reason: str, message: str, last: str, count: int = 1) -> Object:
    involved = {"kind": "Pod", "namespace": "default", "name": "foo"}
    base = {"type": "Warning", "reason": reason, "message": message, "count": count, "lastTimestamp": last}
    return {"metadata": {"name": reason}, "involvedObject": involved, **base}


class Shown:
    """A cluster that has shown what it was told to, and shows `later` when somebody waits."""

    name = "simulator"

    capabilities = frozenset({"virtual-time"})

    def __init__(self) -> None:
        self.time = seconds(0)
        self.seen = Record(lambda: self.time, START)
        self.log: str | Refusal = ""
        self.later: tuple[float, Object] | None = None

    def see(self, at: float, item: Object | None, ref: Ref = FOO) -> None:
        self.time = seconds(at)
        self.seen.see(ref, item)

    def record(self) -> Record:
        return self.seen

    def logs(self, pod: str, container: str = "", previous: bool = False) -> str | Refusal:
        return self.log

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        judge, end = claim.begin(self.seen), Nanos(self.time + within)
        if self.later is not None:
            self.see(*self.later)
        verdict = judge.look()
        self.time = end
        return judge.close() if verdict.outcome is Outcome.PENDING else verdict


@pytest.fixture
def shown() -> Shown:
    return Shown()


def fail(shown: Shown, claim: Claim) -> str:
    failure = Failure.of("features/foo.feature:7", "Then …", claim, claim.judge(shown.seen))
    return render(failure, cast(Cluster, shown))


def test_a_failure_tells_all_there_is_to_know(shown: Shown) -> None:
    shown.see(0, pod("ContainerCreating"))
    shown.see(0.21, pod("Running"))
    ended = {"terminated": {"reason": "Error", "exitCode": 3}}
    shown.see(30.5, pod("Error", state=ended))
    shown.see(
        35,
        event("BackOff", "Back-off restarting failed container", "2026-01-01T00:00:31Z", 2),
        Ref("Event", "default", "e"),
    )
    shown.log = "one\ntwo\n"

    text = fail(shown, Eventually(FOO, shows("Completed"), seconds(35)))

    assert (
        text
        == """\
features/foo.feature:7
  Then …

wanted    pod "foo" shows "Completed" within 35 seconds
but       it shows "Error" since +30.5 s

pod "foo" over time
  TIME     READY  STATUS             RESTARTS  REASON  EXIT
  +0.00s   0/1    ContainerCreating  0
  +0.21s   1/1    Running            0
  +30.50s  0/1    Error              0                 3

events
  LAST SEEN  TYPE     REASON   OBJECT   MESSAGE
  +35.00s    Warning  BackOff  pod/foo  Back-off restarting failed container (×2)

log of container "app"
  one
  two

what to try
  - waiting longer does not help: not even 10 minutes more are enough"""
    )


def test_a_long_story_is_folded(shown: Shown) -> None:
    for turn in range(50):
        shown.see(turn, pod("Running" if turn % 2 else "Error", restarts=turn // 2))

    lines = fail(shown, Eventually(FOO, shows("Completed"), seconds(5))).splitlines()

    assert ["…", "30", "more"] in [line.split() for line in lines]
    assert len(lines) < 40


def test_what_decided_is_not_folded_away(shown: Shown) -> None:
    for turn in range(100):
        shown.see(turn, pod("Odd" if turn == 50 else "Running" if turn % 2 else "Error", restarts=turn))

    rows = [line.split() for line in fail(shown, Never(FOO, shows("Odd"))).splitlines()]

    assert ["+50.00s", "0/1", "Odd", "50"] in rows
    assert [row[1] for row in rows if row[:1] == ["…"]] == ["40", "35"]


def test_equal_neighbours_are_one_line(shown: Shown) -> None:
    for second in range(5):
        shown.see(second, pod("Pending"))

    text = fail(shown, Eventually(FOO, shows("Running"), seconds(0)))

    assert text.count("+0.00s") == 1
    assert "+1.00s" not in text


def test_deletion_is_seen(shown: Shown) -> None:
    shown.see(0, pod("Running"))
    shown.see(4, None)

    assert "+4.00s         (gone)" in fail(shown, Eventually(FOO, shows("Error"), seconds(0)))


def test_undecided_is_not_called_failed(shown: Shown) -> None:
    text = fail(shown, Eventually(FOO, shows("Error"), seconds(0)))

    assert 'undecided pod "foo" was never observed' in text


def test_what_is_secret_is_masked(shown: Shown) -> None:
    data = {"password": b64encode(b"hunter22").decode(), "pin": b64encode(b"1").decode()}
    shown.see(0, {"kind": "Secret", "data": data}, Ref("Secret", "default", "s"))
    shown.see(0, pod("Running"))
    shown.log = f"the password is hunter22, or {data['password']}; 1 try\n"

    text = fail(shown, Eventually(FOO, shows("Error"), seconds(0)))

    assert "the password is ***, or ***; 1 try" in text
    assert "hunter22" not in text


def test_a_long_log_is_cut(shown: Shown) -> None:
    shown.see(0, pod("Running"))
    shown.log = "".join(f"line {number}\n" for number in range(100))

    text = fail(shown, Eventually(FOO, shows("Error"), seconds(0)))

    assert 'log of container "app", the last 10 of 100 lines\n  line 90\n' in text


def test_a_log_that_is_refused_is_left_out(shown: Shown) -> None:
    shown.see(0, pod("ContainerCreating"))
    shown.log = Refusal(400, "BadRequest", "is waiting to start")

    assert "log of container" not in fail(shown, Eventually(FOO, shows("Error"), seconds(0)))


def test_many_events_are_cut(shown: Shown) -> None:
    shown.see(0, pod("Running"))
    for number in range(15):
        last = f"2026-01-01T00:00:{number:02}Z"
        shown.see(number, event(f"E{number}", "x", last), Ref("Event", "default", f"e{number}"))

    text = fail(shown, Eventually(FOO, shows("Error"), seconds(0)))

    assert "… 5 earlier\n  +5.00s     Warning  E5" in text


def advice(shown: Shown, claim: Claim) -> str:
    return "\n".join(advice_for(claim, claim.subjects, cast(Cluster, shown)))


def test_a_name_that_is_nearly_right_is_named(shown: Shown) -> None:
    shown.see(0, pod("Running"), Ref("Pod", "default", "fooo"))

    assert "there is pod 'fooo': is the name right?" in advice(shown, Eventually(FOO, shows("Running"), seconds(1)))


def test_without_any_pod_the_manifest_is_missing(shown: Shown) -> None:
    assert "apply its manifest first" in advice(shown, Eventually(FOO, shows("Running"), seconds(1)))


def test_a_status_that_is_misspelt_is_named(shown: Shown) -> None:
    shown.see(0, pod("CrashLoopBackOff"))

    said = advice(shown, Eventually(FOO, shows("CrashLoopBackoff"), seconds(1)))

    assert '"CrashLoopBackoff" is no STATUS that kubectl prints; did you mean "CrashLoopBackOff"?' in said


def test_each_status_of_a_passage_is_looked_at(shown: Shown) -> None:
    shown.see(0, pod("Running"))

    said = advice(shown, PassesThrough(FOO, ("Init:0/2", "Runing")))

    assert said == '"Runing" is no STATUS that kubectl prints; did you mean "Running"?'


REMEDIES = {
    "on the simulator": ("simulator", "or declare it under `images:` in podproof.yaml (or set `unknown-images: run`)"),
    "on k3s": ("k3s", "or bring one that Docker has here with --k3s-load"),
    "on another cluster": ("live", "or see that the cluster's nodes can pull it"),
}


@pytest.mark.parametrize(("cluster", "remedy"), REMEDIES.values(), ids=REMEDIES.keys())
def test_an_image_that_cannot_be_pulled_is_to_be_brought(shown: Shown, cluster: str, remedy: str) -> None:
    shown.name = cluster
    shown.see(0, pod("ImagePullBackOff", image="shop/web:1"))

    told = f"the image shop/web:1 is not to be had: correct it, {remedy}"
    assert told in advice(shown, Eventually(FOO, shows("Running"), seconds(1)))


def test_a_limit_that_is_too_short_is_told_with_one_that_would_do(shown: Shown) -> None:
    shown.see(35, pod("Running"))
    shown.later = (41.2, pod("Error"))

    said = advice(shown, Eventually(FOO, shows("Error"), seconds(35)))

    assert said == "it is so after 41.2 seconds: let the step wait 42 seconds or more"


def test_restarts_that_come_later_are_told_too(shown: Shown) -> None:
    shown.see(35, pod("Running"))
    shown.later = (60, pod("Running", restarts=2))

    said = advice(shown, RestartCount(FOO, Bound.EXACTLY, 2, seconds(35)))

    assert said == "it is so after 1 minute: let the step wait 1 minute or more"


def test_restarts_that_are_too_many_already_do_not_get_fewer(shown: Shown) -> None:
    shown.see(35, pod("Running", restarts=3))

    assert advice(shown, RestartCount(FOO, Bound.AT_MOST, 2, seconds(35))) == ""


def test_what_was_so_before_is_told(shown: Shown) -> None:
    shown.see(0, pod("Running"))
    shown.see(5, pod("Error"))

    assert "it was so at +0 s, before this step looked" in advice(shown, Eventually(FOO, shows("Running"), seconds(1)))


def test_a_hold_that_has_not_begun_is_to_be_waited_for(shown: Shown) -> None:
    shown.see(0, pod("ContainerCreating"))

    said = advice(shown, StaysFor(FOO, shows("Running"), seconds(9)))

    assert 'let a line before it wait, as: Then pod "foo" shows "Running"' in said
