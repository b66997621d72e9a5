"""Images: which tags exist, what they mean, and what a project may add."""

from collections.abc import Mapping
from typing import Any

import pytest

from podproof.simulator.data import rows
from podproof.simulator.machine.image_rows import ImageRowsError
from podproof.simulator.machine.images import ImageStore, ImageTable
from podproof.simulator.machine.nodes import File
from podproof.simulator.machine.registry import PullError, Registry

EXISTING = [
    "busybox", "busybox:1.28", "busybox:1.28.4", "busybox:1.36-musl", "docker.io/library/busybox:latest", "nginx",
    "nginx:1.14", "nginx:1.14.2", "nginx:1.15", "nginx:1.16", "nginx:1.25-alpine", "nginx:alpine", "nginx:stable",
    "alpine:3.18", "redis:7", "redis:7-alpine", "httpd:2.4", "httpd", "python:3.12-slim", "python:slim", "python",
    "registry.k8s.io/pause:3.10", "registry.k8s.io/e2e-test-images/agnhost:2.47",
    "registry.k8s.io/e2e-test-images/busybox:1.36.1-1",
]  # fmt: skip
ABSENT = ["nosuch:1", "busybox:nosuch", "nginx:9", "nginx:1.14.99", "example.com/busybox:1.28", "pause:3.10"]


@pytest.fixture
def table() -> ImageTable:
    return ImageTable.load()


@pytest.mark.parametrize("reference", EXISTING)
def test_exists(table: ImageTable, reference: str) -> None:
    assert table.exists(reference)


@pytest.mark.parametrize("reference", ABSENT)
def test_does_not_exist(table: ImageTable, reference: str) -> None:
    assert not table.exists(reference)


VERSIONS = {"busybox:1.28": "1.28.4", "busybox:1.28.1": "1.28.1", "busybox:latest": "1.37.0", "nginx:alpine": "1.37"}


@pytest.mark.parametrize(("reference", "version"), VERSIONS.items(), ids=VERSIONS.keys())
def test_a_tag_names_the_version_of_its_tools(table: ImageTable, reference: str, version: str) -> None:
    assert table.image(reference).version == version


SHELLS = {
    "busybox:1.28": "ash", "alpine": "ash", "nginx:1.14": "dash", "nginx:alpine": "ash",
    "registry.k8s.io/pause:3.10": "",
}  # fmt: skip


@pytest.mark.parametrize(("reference", "shell"), SHELLS.items(), ids=SHELLS.keys())
def test_a_tag_names_its_shell(table: ImageTable, reference: str, shell: str) -> None:
    assert table.image(reference).shell == shell


def test_nginx_as_its_tags_were_built(table: ImageTable) -> None:
    old, new = table.image("nginx:1.14"), table.image("nginx:1.29")

    assert (old.entrypoint, old.cmd, old.stop_signal) == ((), ("nginx", "-g", "daemon off;"), 15)
    assert (new.entrypoint, new.cmd, new.stop_signal) == (("/docker-entrypoint.sh",), ("nginx", "-g", "daemon off;"), 3)
    assert dict(old.env) == {"NGINX_VERSION": "1.14.2"}


def test_ids_depend_on_the_reference_only() -> None:
    first, second = ImageTable.load().image("busybox:1.28"), ImageTable.load().image("docker.io/library/busybox:1.28")

    assert first.repo_digest == second.repo_digest
    assert first.repo_digest.startswith("docker.io/library/busybox@sha256:")


def test_every_set_is_used_and_every_row_has_a_source() -> None:
    data = rows("images")
    used = {tree["set"] for row in data["images"] for tree in (row, *row.get("variants", {}).values()) if "set" in tree}

    assert used == set(data["sets"])
    assert all(row["source"] for row in (*data["images"], *data["sets"].values()))


def test_a_node_has_what_was_added() -> None:
    store = ImageStore(ImageTable.load())
    store.add("nginx:1.14")

    assert store.get("docker.io/library/nginx:1.14") is not None
    assert store.get("nginx:1.15") is None


def test_an_image_is_found_by_its_digest() -> None:
    store = ImageStore(ImageTable.load())
    added = store.add("nginx:1.14")

    assert store.get(added.repo_digest) is added


def test_what_exists_can_be_pulled(table: ImageTable) -> None:
    assert Registry(table).pull("busybox:1.28").size == 2156519


def test_what_does_not_exist_is_not_found(table: ImageTable) -> None:
    with pytest.raises(PullError) as failed:
        Registry(table).pull("nosuch:1")

    assert failed.value.message == (
        'failed to pull and unpack image "docker.io/library/nosuch:1": failed to '
        'resolve reference "docker.io/library/nosuch:1": docker.io/library/nosuch:1: not found'
    )


def test_a_scenario_says_what_exists(table: ImageTable) -> None:
    registry = Registry(table, present=("busybox:1.28", "nginx"))

    assert registry.pull("docker.io/library/nginx:latest").known
    with pytest.raises(PullError):
        registry.pull("busybox:1.36")


def test_a_present_image_is_pulled_by_digest(table: ImageTable) -> None:
    registry = Registry(table, present=("busybox:1.28",))

    assert registry.pull(table.image("busybox:1.28").repo_digest).name.repository == "docker.io/library/busybox"


def test_an_undeclared_image_exists_where_the_project_wants_it(table: ImageTable) -> None:
    image = Registry(table, unknown="run").pull("example.com/shop:7")

    assert (image.known, image.idles) == (False, True)


def test_even_then_a_known_repository_has_only_its_tags(table: ImageTable) -> None:
    with pytest.raises(PullError):
        Registry(table, unknown="run").pull("nginx:nosuch")


def test_a_project_adds_its_own_image() -> None:
    table = ImageTable.load(
        [{"name": "shop:1.0", "script": "echo shop; sleep 60", "env": {"MODE": "dev"}, "files": {"/srv/x": "y"}}]
    )

    image = table.image("shop:1.0")

    assert table.exists("docker.io/library/shop:1.0")
    assert not table.exists("shop:2.0")
    assert (image.entrypoint, image.cmd) == (("/bin/sh", "-c", "echo shop; sleep 60"), ())
    assert image.env == (("MODE", "dev"),)
    assert isinstance(image.root.entries["srv"].entries["x"], File)  # type: ignore[union-attr]


def test_a_project_builds_on_an_image() -> None:
    own = {"name": "mine", "from": "nginx:1.25", "files": {"/usr/share/nginx/html/index.html": "hi"}}

    image = ImageTable.load([own]).image("mine")

    assert (image.entrypoint, image.shell) == (("/docker-entrypoint.sh",), "dash")


def test_a_projects_own_row_wins() -> None:
    table = ImageTable.load([{"name": "nginx:1.14", "script": "exit 1"}])

    assert table.image("nginx:1.14").cmd == ()
    assert table.image("nginx:1.15").cmd == ("nginx", "-g", "daemon off;")


FAULTS: dict[str, tuple[Any, str]] = {
    "a row is a mapping": ("nginx", "images[0]: wanted a mapping with a name, seen 'nginx'"),
    "a row has a name": ({}, "images[0]: wanted a name, such as myapp:1.0; seen none"),
    "a name parses": (
        {"name": "Bad Name"},
        'images[0].name: couldn\'t parse image name "Bad Name": invalid reference format: repository name '
        "(library/Bad Name) must be lowercase",
    ),
    "a key is known": (
        {"name": "a", "entrypiont": []},
        "images[0]: there is no key 'entrypiont'; did you mean entrypoint?",
    ),
    "a value has its type": ({"name": "a", "size": "big"}, "images[0].size: wanted a number of bytes, seen 'big'"),
    "a script is all": (
        {"name": "a", "script": "x", "cmd": ["y"]},
        "images[0]: script is the whole command: write script, or entrypoint and cmd, not both",
    ),
    "a signal is known": (
        {"name": "a", "stop-signal": "TERM"},
        "images[0].stop-signal: wanted one of SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGTERM, SIGWINCH, "
        "seen 'TERM'",
    ),
}


@pytest.mark.parametrize(("row", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_wrong_row_is_explained(row: Mapping[str, Any], fault: str) -> None:
    with pytest.raises(ImageRowsError) as refused:
        ImageTable.load([row])

    assert refused.value.faults == (fault,)


def test_an_unknown_base_names_the_known_ones() -> None:
    with pytest.raises(ImageRowsError, match=r"no built-in image 'debian:12' to start from; known are tags of alpine"):
        ImageTable.load([{"name": "a", "from": "debian:12"}])


def test_all_faults_of_all_rows_come_at_once() -> None:
    with pytest.raises(ImageRowsError) as refused:
        ImageTable.load([{"cmd": "x"}, {"name": "a", "user": 5, "user_id": 6}])

    assert len(refused.value.faults) == 4
