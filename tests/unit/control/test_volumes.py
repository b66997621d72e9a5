"""Volumes on a node: how they are written, shown to containers, and tried again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.volumes.host_paths import HostFiles
from podproof.simulator.control.kubelet.volumes.mounts import mounts_of
from podproof.simulator.control.kubelet.volumes.payloads import Projected
from podproof.simulator.control.kubelet.volumes.writing import write
from podproof.simulator.machine.files import FileSystem, Mounted
from podproof.simulator.machine.nodes import Directory, File, Link
from podproof.simulator.model.times import Nanos, seconds

NOW = seconds(1_800_000_000)
PATHS = ("a", "b", "c/d", "c/e")
LATER = Nanos(NOW + seconds(90))


def seen(volume: Directory) -> FileSystem:
    return FileSystem(Directory(), {"/v": Mounted(volume, read_only=True)})


def test_a_written_volume_is_read_through_its_links() -> None:
    volume = Directory()
    write(volume, {"a": Projected("1"), "keys/b": Projected("2", 0o400)}, NOW)

    files = seen(volume)

    assert (files.read("/v/a"), files.read("/v/keys/b"), files.stat("/v/keys/b").mode) == ("1", "2", 0o400)
    assert [name for name in files.listdir("/v") if not name.startswith("..")] == ["a", "keys"]


def test_it_is_replaced_as_a_whole() -> None:
    volume = Directory()
    write(volume, {"a": Projected("1"), "b": Projected("2")}, NOW)
    files = seen(volume)

    assert write(volume, {"b": Projected("3"), "c": Projected("4")}, LATER)
    assert (files.exists("/v/a"), files.read("/v/b"), files.read("/v/c")) == (False, "3", "4")


def test_the_same_files_are_not_written_again() -> None:
    volume = Directory()
    write(volume, {"a": Projected("1")}, NOW)
    before = dict(volume.entries)

    assert not write(volume, {"a": Projected("1")}, LATER)
    assert volume.entries == before


def test_what_a_container_put_beside_is_left_alone() -> None:
    volume = Directory({"own": Directory()})
    write(volume, {"a": Projected("1")}, NOW)
    write(volume, {}, LATER)

    assert [name for name in volume.entries if not name.startswith("..")] == ["own"]


@given(st.lists(st.dictionaries(st.sampled_from(PATHS), st.text(max_size=3)), min_size=1, max_size=5))
def test_a_volume_shows_its_last_payload(payloads: list[dict[str, str]]) -> None:
    volume = Directory()
    for moment, payload in enumerate(payloads):
        write(volume, {path: Projected(text) for path, text in payload.items()}, Nanos(NOW + moment))

    files = seen(volume)

    shown = {path: files.read(f"/v/{path}") for path in PATHS if files.exists(f"/v/{path}")}
    assert shown == payloads[-1]


def pod_with(**volume: Any) -> dict[str, Any]:
    return {"spec": {"volumes": [{"name": "v", **volume}]}}


def mount(pod: dict[str, Any], volume: Directory, env: dict[str, str] | None = None, **fields: Any) -> Any:
    container = {"name": "app", "volumeMounts": [{"name": "v", "mountPath": "/v", **fields}]}
    return mounts_of(pod, container, {"v": volume}, env or {})[0]


def test_a_configuration_is_read_only_an_empty_directory_is_not() -> None:
    assert mount(pod_with(configMap={}), Directory()).read_only
    assert not mount(pod_with(emptyDir={}), Directory()).read_only
    assert mount(pod_with(emptyDir={}), Directory(), readOnly=True).read_only


def test_a_file_below_a_volume_stays_as_it_was_mounted() -> None:
    volume = Directory()
    write(volume, {"a": Projected("1")}, NOW)
    held = mount(pod_with(configMap={}), volume, subPath="a").source
    write(volume, {"a": Projected("2")}, LATER)

    assert isinstance(held, File)
    assert held.text == "1"


def test_a_path_that_is_not_there_is_made_a_directory() -> None:
    volume = Directory(mode=0o777)

    made = mount(pod_with(emptyDir={}), volume, subPath="x/y").source

    assert isinstance(made, Directory)
    assert made.mode == 0o777
    below = volume.entries["x"]
    assert isinstance(below, Directory)
    assert below.entries["y"] is made


def test_an_expression_takes_its_variables_from_the_environment() -> None:
    volume = Directory()

    mount(pod_with(emptyDir={}), volume, {"POD": "p"}, subPathExpr="$(POD)-logs")

    assert list(volume.entries) == ["p-logs"]


REFUSED: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "an absolute path": ({"subPathExpr": "$(A)"}, {"A": "/tmp"}, "error SubPath `/tmp` must not be an absolute path"),
    "a way out": ({"subPathExpr": "$(A)"}, {"A": ".."}, "unable to provision SubPath `..`: must not contain '..'"),
    "a variable that is missing": ({"subPathExpr": "$(A)/$(B)"}, {"A": ""}, "missing value for A, B"),
    "a path below a file": (
        {"subPath": "f/x"},
        {},
        'failed to prepare subPath for volumeMount "v" of container "app"',
    ),
    "a link that leads out": (
        {"subPath": "out"},
        {},
        'failed to prepare subPath for volumeMount "v" of container "app"',
    ),
}


@pytest.mark.parametrize(("fields", "env", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_paths_that_cannot_be_had(fields: dict[str, str], env: dict[str, str], text: str) -> None:
    volume = Directory({"f": File("x"), "out": Link("../../etc")})

    with pytest.raises(SourceError) as refused:
        mount(pod_with(emptyDir={}), volume, env, **fields)

    assert str(refused.value) == text


def test_a_path_on_the_node_is_the_same_for_everybody() -> None:
    host = HostFiles()
    first = host.source("/var/shop", "", NOW)

    assert host.source("/var/shop/", "Directory", LATER) is first


def test_a_file_is_made_where_it_may_be() -> None:
    host = HostFiles()

    assert isinstance(host.source("/var/visits", "FileOrCreate", NOW), File)
    assert host.source("/var/visits", "File", LATER) is host.source("/var/visits", "", LATER)


HOST_FAULTS = {
    "a directory that is missing": ("/var/x", "Directory", "hostPath type check failed: /var/x is not a directory"),
    "a file that is missing": ("/var/x", "File", "hostPath type check failed: /var/x is not a file"),
    "a directory where a file is wanted": ("/var", "File", "hostPath type check failed: /var is not a file"),
    "even where it would be made": ("/var", "FileOrCreate", "hostPath type check failed: /var is not a file"),
    "a socket": ("/run/x.sock", "Socket", "hostPath type check failed: /run/x.sock is not a socket file"),
    "a file in a directory that is missing": ("/var/x/y", "FileOrCreate", "open /var/x/y: no such file or directory"),
}


@pytest.mark.parametrize(("path", "kind", "text"), HOST_FAULTS.values(), ids=HOST_FAULTS.keys())
def test_what_a_path_on_the_node_is_not(path: str, kind: str, text: str) -> None:
    with pytest.raises(SourceError) as fault:
        HostFiles().source(path, kind, NOW)

    assert str(fault.value) == text


def test_the_nodes_own_system_is_not_guessed() -> None:
    with pytest.raises(NotModelledError, match="the node's own files under /etc"):
        HostFiles().source("/etc/hosts", "File", NOW)
