"""The file system: errors are those of the kernel, images are shared and never changed."""

import errno
import os
from collections.abc import Callable

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.machine.files import Directory, File, FileSystem, Link, Mounted, Unmodelled
from podproof.simulator.model.times import Nanos


def image() -> Directory:
    root = Directory({"proc": Unmodelled("/proc"), "tmp": Directory()})
    root.plant("/etc/passwd", File("root\n"))
    root.plant("/bin/sh", File(mode=0o755, runs="sh"))
    root.plant("/etc/self", Link("/etc/self"))
    root.plant("/lib", Link("etc"))
    return root.seal()


@pytest.fixture
def volume() -> Directory:
    return Directory()


@pytest.fixture
def files(volume: Directory) -> FileSystem:
    locked = Directory({"fixed": File("as it is")})
    return FileSystem(image(), {"/data": Mounted(volume), "/srv/locked": Mounted(locked, read_only=True)})


REFUSED: dict[str, tuple[Callable[[FileSystem], object], int]] = {
    "a missing file cannot be read": (lambda f: f.read("/nope"), errno.ENOENT),
    "a file in a missing directory cannot be written": (lambda f: f.write("/no/where", "x"), errno.ENOENT),
    "a directory cannot be read": (lambda f: f.read("/etc"), errno.EISDIR),
    "a directory cannot be written": (lambda f: f.write("/etc", "x"), errno.EISDIR),
    "nothing is below a file": (lambda f: f.read("/etc/passwd/x"), errno.ENOTDIR),
    "a read-only mount takes no new file": (lambda f: f.write("/srv/locked/x", "x"), errno.EROFS),
    "a read-only mount takes no change": (lambda f: f.write("/srv/locked/fixed", "x"), errno.EROFS),
    "a read-only mount loses no file": (lambda f: f.remove("/srv/locked/fixed"), errno.EROFS),
    "a mount point cannot be removed": (lambda f: f.rmdir("/data"), errno.EBUSY),
    "nothing moves between mounts": (lambda f: f.rename("/etc/passwd", "/data/passwd"), errno.EXDEV),
    "what exists cannot be made": (lambda f: f.mkdir("/etc"), errno.EEXIST),
    "a directory in no directory cannot be made": (lambda f: f.mkdir("/a/b"), errno.ENOENT),
    "a directory with files stays": (lambda f: f.rmdir("/etc"), errno.ENOTEMPTY),
    "a directory is not removed as a file": (lambda f: f.remove("/etc"), errno.EISDIR),
    "a file is not removed as a directory": (lambda f: f.rmdir("/etc/passwd"), errno.ENOTDIR),
    "a directory does not move into itself": (lambda f: f.rename("/etc", "/etc/inner"), errno.EINVAL),
    "a link in a circle leads nowhere": (lambda f: f.read("/etc/self"), errno.ELOOP),
    "a file has no target": (lambda f: f.readlink("/etc/passwd"), errno.EINVAL),
    "a link does not replace a file": (lambda f: f.link("/x", "/etc/passwd"), errno.EEXIST),
}


@pytest.mark.parametrize(("act", "number"), REFUSED.values(), ids=REFUSED.keys())
def test_refusals_are_the_kernels(files: FileSystem, act: Callable[[FileSystem], object], number: int) -> None:
    with pytest.raises(OSError, match=os.strerror(number)):
        act(files)


def test_a_write_leaves_the_image_as_it_is() -> None:
    shared = image()
    first, second = FileSystem(shared), FileSystem(shared)

    first.write("/etc/passwd", "more\n", append=True)
    first.mkdir("/etc/ssl")
    first.chmod("/bin/sh", 0o600)

    assert first.read("/etc/passwd") == "root\nmore\n"
    assert second.read("/etc/passwd") == "root\n"
    assert second.listdir("/etc") == ["passwd", "self"]
    assert second.stat("/bin/sh").mode == 0o755


def test_a_volume_is_seen_by_all_who_mount_it(volume: Directory) -> None:
    writer = FileSystem(image(), {"/data": Mounted(volume)})
    reader = FileSystem(image(), {"/srv/in": Mounted(volume)})

    writer.write("/data/message", "hello\n")

    assert reader.read("/srv/in/message") == "hello\n"


def test_a_mount_hides_what_is_under_it() -> None:
    seen = FileSystem(image(), {"/etc": Mounted(Directory({"own": File("mine")}))})

    assert seen.listdir("/etc") == ["own"]


def test_a_mount_point_is_listed_where_the_image_has_none(files: FileSystem) -> None:
    assert files.listdir("/") == ["bin", "data", "etc", "lib", "proc", "srv", "tmp"]


def test_one_file_can_be_mounted() -> None:
    seen = FileSystem(image(), {"/etc/hosts": Mounted(File("127.0.0.1\tlocalhost\n"))})

    assert seen.read("/etc/hosts") == "127.0.0.1\tlocalhost\n"


def test_links_are_followed_and_their_ends_changed(files: FileSystem) -> None:
    files.write("/lib/passwd", "changed\n")

    assert files.read("/etc/passwd") == "changed\n"


def test_a_missing_way_is_made_when_asked_for(files: FileSystem) -> None:
    files.mkdir("/a/b/c", parents=True)
    files.mkdir("/a/b/c", parents=True)

    assert files.is_dir("/a/b/c")


def test_a_rename_replaces_a_file(files: FileSystem) -> None:
    files.write("/tmp/new", "new")
    files.write("/tmp/old", "old")

    files.rename("/tmp/new", "/tmp/old")

    assert files.listdir("/tmp") == ["old"]
    assert files.read("/tmp/old") == "new"


def test_a_copy_keeps_what_the_file_runs(files: FileSystem) -> None:
    files.copy("/bin/sh", "/tmp/mysh")

    copied = files.node("/tmp/mysh")

    assert isinstance(copied, File)
    assert (copied.runs, copied.mode) == ("sh", 0o755)


def test_a_change_has_its_time() -> None:
    files = FileSystem(image(), now=lambda: Nanos(42))

    files.write("/tmp/x", "x")

    assert files.stat("/tmp/x").mtime == 42


def test_a_size_is_in_bytes(files: FileSystem) -> None:
    files.write("/tmp/x", "ä\n")

    assert files.stat("/tmp/x").size == 3


def test_what_the_kernel_would_fill_is_refused_by_name(files: FileSystem) -> None:
    with pytest.raises(NotModelledError, match="/proc/cpuinfo"):
        files.read("/proc/cpuinfo")


def test_a_file_beyond_all_measure_is_refused(files: FileSystem) -> None:
    with pytest.raises(NotModelledError, match="files larger than 64 MiB"):
        files.write("/tmp/big", "x" * (65 << 20))


RESOLVED = {
    "a relative path starts at the working directory": ("/srv", "a/b", "/srv/a/b"),
    "an absolute path stays": ("/srv", "/a", "/a"),
    "two dots go up": ("/srv/www", "../x", "/srv/x"),
    "no path leads above the root": ("/", "../../x", "/x"),
    "a double slash is one": ("/", "//x//y/", "/x/y"),
}


@pytest.mark.parametrize(("cwd", "path", "wanted"), RESOLVED.values(), ids=RESOLVED.keys())
def test_resolve(cwd: str, path: str, wanted: str) -> None:
    assert FileSystem.resolve(cwd, path) == wanted
