"""What a user may do with files."""

import errno
from collections.abc import Callable

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.errors import NotModelledError
from podproof.manifests import Document, Manifest
from podproof.simulator.machine.files import Directory, File, FileSystem, Mounted
from podproof.simulator.machine.permissions import User, give_to_group
from podproof.simulator.model.times import seconds

SOMEBODY = User(1000, 3000, (2000, 3000), everywhere=False)


def files(user: User, read_only: bool = False) -> FileSystem:
    root = Directory(
        {"etc": Directory({"secret": File("s", 0o600), "shared": File("w", 0o666)}), "tmp": Directory(mode=0o1777)}
    )
    closed = Directory({"x": File("x")}, mode=0o700)
    root.entries["closed"] = closed
    made = FileSystem(root.seal(), {"/data": Mounted(Directory(mode=0o777))})
    made.user, made.read_only = user, read_only
    return made


REFUSED: dict[str, tuple[Callable[[FileSystem], object], int]] = {
    "reading what only root reads": (lambda f: f.read("/etc/secret"), errno.EACCES),
    "making a file where only root may": (lambda f: f.write("/etc/new", ""), errno.EACCES),
    "making a directory there": (lambda f: f.mkdir("/etc/new"), errno.EACCES),
    "removing a file there": (lambda f: f.remove("/etc/shared"), errno.EACCES),
    "going through a closed directory": (lambda f: f.read("/closed/x"), errno.EACCES),
    "listing a closed directory": (lambda f: f.listdir("/closed"), errno.EACCES),
    "changing the mode of another's file": (lambda f: f.chmod("/etc/shared", 0o777), errno.EPERM),
}


@pytest.mark.parametrize(("act", "number"), REFUSED.values(), ids=REFUSED.keys())
def test_somebody_is_refused(act: Callable[[FileSystem], object], number: int) -> None:
    with pytest.raises(OSError, match=r"\S") as refusal:
        act(files(SOMEBODY))

    assert refusal.value.errno == number


@pytest.mark.parametrize("act", [act for act, _ in REFUSED.values()], ids=REFUSED.keys())
@pytest.mark.parametrize("user", [User(), User(101, 101)], ids=["root", "the image's own user"])
def test_others_may(user: User, act: Callable[[FileSystem], object]) -> None:
    act(files(user))


def test_what_somebody_makes_is_theirs() -> None:
    there = files(SOMEBODY)

    there.write("/tmp/mine", "text")
    there.chmod("/tmp/mine", 0o600)

    seen = there.stat("/tmp/mine")
    assert (there.read("/tmp/mine"), seen.uid, seen.gid, seen.mode) == ("text", 1000, 3000, 0o600)


def test_a_volume_of_a_group_may_be_written_by_its_members_and_hands_the_group_on() -> None:
    volume = Directory(mode=0o755)
    give_to_group(volume, 2000, is_directory=True)
    there = FileSystem(Directory().seal(), {"/data": Mounted(volume)})
    there.user = SOMEBODY

    there.write("/data/mine", "")

    assert (volume.mode, there.stat("/data/mine").gid) == (0o2775, 2000)


def test_files_that_stay_as_they_are() -> None:
    there = files(User(), read_only=True)

    with pytest.raises(OSError, match="Read-only"):
        there.write("/tmp/mine", "")
    there.write("/data/mine", "written")

    assert there.read("/data/mine") == "written"
    assert not there.may("/etc/shared", 2)


def test_a_server_that_its_image_does_not_run_as_this_user_is_named() -> None:
    spec = {"securityContext": {"runAsUser": 1000}, "containers": [{"name": "web", "image": "nginx:1.29"}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    cluster = SimulatedCluster()
    cluster.apply(Manifest("test", (Document(body, "test", 1),)))

    with pytest.raises(NotModelledError, match="nginx as user 1000"):
        cluster.pass_time(seconds(10))
