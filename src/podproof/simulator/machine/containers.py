"""What the kubelet asks of a container runtime and what the runtime shows it: the values of the CRI that are needed.

Source of the shapes: staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from podproof.simulator.machine.files import Directory, File
from podproof.simulator.model.host_ports import HostPort
from podproof.simulator.model.times import Nanos


class ContainerState(StrEnum):
    """The runtime's word for where a container is."""

    CREATED = "created"
    RUNNING = "running"
    EXITED = "exited"
    UNKNOWN = "unknown"


class Mount(NamedTuple):
    """A volume, or one file of it, at a path of the container; `source` is shared by everyone who mounts it."""

    path: str
    source: Directory | File
    read_only: bool = False


class ContainerConfig(NamedTuple):
    """What to run. `command` and `args` are None where the image's own hold; both are expanded already.

    `message_path` is the file for its last word; with `log_as_message` the log's end stands in for it after a failure.
    `user` and `group` are None where the image's own hold; `groups` come in addition. `read_only`: its own files are.
    `stdin`: its input is kept open.
    """

    name: str
    attempt: int
    image: str
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    env: Mapping[str, str] = MappingProxyType({})
    working_dir: str = ""
    mounts: tuple[Mount, ...] = ()
    memory_limit: int | None = None
    resources: Mapping[str, Any] = MappingProxyType({})
    message_path: str = ""
    log_as_message: bool = False
    user: int | None = None
    group: int | None = None
    groups: tuple[int, ...] = ()
    read_only: bool = False
    stdin: bool = False


class SandboxConfig(NamedTuple):
    """The pod a sandbox is for. `search`, `nameservers` and `options` are its resolver's settings (resolv.conf).

    `host_network`: it is on the node's own network.
    `ports` of the node lead into it. `shared_processes`: all its containers have one process namespace, whose first
    process is the sandbox's own. `domain` is what comes after the name of the host, `aliases` are names of addresses
    for /etc/hosts. `resources` are the pod's as a whole, and `memory_limit` (bytes) is among them.
    """

    pod_uid: str
    namespace: str
    name: str
    hostname: str
    attempt: int = 0
    nameservers: tuple[str, ...] = ("10.96.0.10",)
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ("ndots:5",)
    host_network: bool = False
    shared_processes: bool = False
    ports: tuple[HostPort, ...] = ()
    domain: str = ""
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    memory_limit: int | None = None
    resources: Mapping[str, Any] = MappingProxyType({})


class SandboxStatus(NamedTuple):
    """One sandbox as the runtime lists it; `address` is "" on the node's own network.

    `resources` are what its pod as a whole has now, as a manifest writes them.
    """

    id: str
    pod_uid: str
    attempt: int
    ready: bool
    created_at: Nanos
    address: str
    resources: Mapping[str, Any] = MappingProxyType({})


class ContainerStatus(NamedTuple):
    """One container as the runtime lists it. Exit fields are None until it has ended; `reason` is the runtime's.

    `requested` is the image reference its configuration named, `image` the name the image store knows it by;
    `resources` is what it has now, as a manifest writes it.
    """

    id: str
    sandbox_id: str
    pod_uid: str
    name: str
    attempt: int
    image: str
    image_id: str
    state: ContainerState
    created_at: Nanos
    started_at: Nanos | None = None
    finished_at: Nanos | None = None
    exit_code: int | None = None
    reason: str = ""
    message: str = ""
    requested: str = ""
    resources: Mapping[str, Any] = MappingProxyType({})


class SandboxError(Exception):
    """A sandbox could not be made; `message` is the runtime's own, nothing is left behind."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StartError(Exception):
    """A container could not be started; `message` is the runtime's own, the container is left EXITED with 128."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CreateError(Exception):
    """A container could not be created; `message` is the runtime's own, nothing is left behind."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
