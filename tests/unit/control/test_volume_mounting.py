"""When volumes are tried, when a sync goes on, and what is said meanwhile."""

from typing import Any, cast

from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.volumes.mounting import VolumeMounter
from podproof.simulator.control.kubelet.worker import Until
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.files import FileSystem, Mounted
from podproof.simulator.machine.nodes import Directory
from podproof.simulator.model.times import SECOND, Nanos, seconds

MISSING = 'MountVolume.SetUp failed for volume "v" : secret "shop" not found'


class Node:
    """One node's volumes and one sync that waits for them; `said` are (seconds, message) of its events."""

    def __init__(self, **volume: Any) -> None:
        self.agenda = Agenda(Nanos(0))
        self.secrets: dict[str, Any] = {}
        self.said: list[tuple[float, str]] = []
        self.ended: tuple[float, bool] | None = None
        self.wanted = True
        sources = Sources(lambda pod: {}, lambda space, name: None, lambda space, name: self.secrets.get(name))
        self.mounter = VolumeMounter(
            self.agenda, cast(Any, self), sources, lambda uid: self.wanted, lambda uid: self.step()
        )
        spec = {
            "volumes": [{"name": "v", **(volume or {"secret": {"secretName": "shop"}})}],
            "containers": [{"name": "app", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
        }
        self.local = LocalPod({"metadata": {"uid": "u", "name": "p", "namespace": "s"}, "spec": spec}, {})

    def emit(self, about: object, kind: str, reason: str, message: str) -> None:
        """Be the recorder."""
        assert (kind, reason) == ("Warning", "FailedMount")
        self.said.append((self.agenda.now / SECOND, message))

    def sync(self) -> "Node":
        """Begin to wait for the volumes."""
        self.ended = None
        self._running = self.mounter.mounted(self.local)
        self.step()
        return self

    def step(self) -> None:
        """Go on with the sync."""
        if self.ended is not None:
            return
        try:
            waited = next(self._running)
        except StopIteration as end:
            self.ended = self.agenda.now / SECOND, end.value
            return
        if isinstance(waited, Until):
            assert waited.at is not None
            self.agenda.at(waited.at, self.step)
        else:
            self.agenda.after(waited, self.step)

    def until(self, moment: float) -> "Node":
        """Let time pass."""
        self.agenda.run_until(seconds(moment))
        return self

    def appears(self, password: str = "eA==") -> None:
        """Let the Secret exist."""
        self.secrets = {"shop": {"data": {"password": password}}}

    def read(self) -> str:
        """Return the file that the volume shows."""
        files = FileSystem(Directory(), {"/v": Mounted(self.local.volumes["v"])})
        return files.read("/v/password")


def test_volumes_that_are_there_are_found_by_the_next_look() -> None:
    node = Node(emptyDir={}).sync().until(10)

    assert node.ended == (0.3, True)
    assert node.said == []


def test_an_empty_directory_in_memory_is_one_like_others() -> None:
    node = Node(emptyDir={"medium": "Memory"}).sync().until(10)

    assert node.local.volumes["v"].mode == 0o777


def test_a_later_sync_does_not_wait_for_what_is_there() -> None:
    node = Node(emptyDir={}).sync().until(10)

    assert node.sync().ended == (10, True)


def test_a_missing_source_is_tried_again_after_twice_the_time() -> None:
    node = Node().sync().until(40)

    assert node.said == [(at, MISSING) for at in (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)]
    assert node.ended is None


def test_the_sync_goes_on_once_the_source_is_there() -> None:
    node = Node().sync().until(2)
    node.appears()

    node.until(40)

    assert node.ended == (3.6, True)
    assert node.read() == "x"


def test_after_a_while_the_sync_gives_up_and_says_what_it_waited_for() -> None:
    node = Node().sync().until(124)

    text = "unmounted volumes=[v], unattached volumes=[], failed to process volumes=[]: context deadline exceeded"
    assert node.said[-1] == (123, f"Unable to attach or mount volumes: {text}")
    assert node.ended == (123, False)


def test_the_tries_go_on_between_two_syncs() -> None:
    node = Node().sync().until(130)

    assert node.said[-1] == (127.5, MISSING)


def test_no_wait_is_longer_than_about_two_minutes() -> None:
    node = Node().sync().until(1000)

    tries = [at for at, message in node.said if message == MISSING]
    assert tries[-1] - tries[-2] == 122


def test_a_pod_that_ends_is_not_waited_for_any_more() -> None:
    node = Node().sync().until(2)
    node.wanted = False
    node.step()

    assert node.until(100).ended == (2, False)
    assert node.said[-1][0] <= 2


def test_a_volume_nobody_mounts_is_left_alone() -> None:
    node = Node()
    node.local.pod = {**node.local.pod, "spec": {**node.local.pod["spec"], "containers": [{"name": "app"}]}}

    assert node.sync().ended == (0, True)
    assert node.local.volumes == {}


def test_each_sync_writes_the_files_anew() -> None:
    node = Node()
    node.appears()
    node.sync().until(1)
    node.appears("eQ==")
    node.sync()

    assert node.read() == "y"


def test_what_a_pod_shows_of_a_source_is_known_until_it_is_gone() -> None:
    node = Node()
    node.appears()
    node.sync().until(1)

    assert node.mounter.shown_by(("secret", "s", "shop")) == ("u",)
    node.mounter.forget("u")
    assert node.mounter.shown_by(("secret", "s", "shop")) == ()


def test_a_pod_that_is_gone_is_not_tried_again() -> None:
    node = Node().sync().until(2)
    node.mounter.forget("u")

    assert node.until(100).said[-1][0] <= 2


def test_files_stay_when_their_source_goes_and_the_loss_is_told() -> None:
    node = Node()
    node.appears()
    node.sync().until(1)
    node.secrets.clear()
    node.sync()

    assert node.ended == (1, True)
    assert node.read() == "x"
    assert node.said == [(1, MISSING)]
