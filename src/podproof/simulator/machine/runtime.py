"""The container runtime of one node: sandboxes, containers, their logs and images, as the CRI offers them.

All changes of state are immediate; how long they take on a real node is the kubelet's to wait. `on_change(pod uid)` is
called after each. Source of texts and exit codes: containerd internal/cri/server, runc libcontainer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.cni import Attached, Cni
from podproof.simulator.machine.containers import (
    ContainerConfig,
    ContainerState,
    ContainerStatus,
    CreateError,
    SandboxConfig,
    SandboxStatus,
    StartError,
)  # fmt: skip
from podproof.simulator.machine.dns import Resolver
from podproof.simulator.machine.exec import Done, ExecResult, Execution, Streams
from podproof.simulator.machine.files import File, FileSystem, Mounted
from podproof.simulator.machine.hosts_file import hosts_file
from podproof.simulator.machine.images import Image, ImageStore, ImageTable
from podproof.simulator.machine.launch import Launch, find_program, launch, launched, user_of
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Delivery, Network
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.pod_memory import PodMemory
from podproof.simulator.machine.process import Identity
from podproof.simulator.machine.shared_pids import SharedPids
from podproof.simulator.machine.termination import last_word
from podproof.simulator.model.times import Nanos

NODE_MEMORY = 16 * 1024**3
"""What a container without a limit may take until the node itself is out of memory. Approximated: per container."""
_START_ERROR_CODE = 128
"""Source: containerd internal/cri/server/container_start.go, errorStartExitCode, errorStartReason."""
_NEVER_STARTED = Nanos(0)


@dataclass(slots=True)
class _Sandbox:
    config: SandboxConfig
    status: SandboxStatus
    attached: Attached
    resolver: Resolver
    memory: PodMemory
    pids: SharedPids | None = None
    stopped: bool = False


@dataclass(slots=True)
class _Container:
    config: ContainerConfig
    image: Image
    launch: Launch
    sandbox: _Sandbox
    log: Log
    status: ContainerStatus
    processes: PidNamespace | None = None
    files: FileSystem | None = None
    message: File = field(default_factory=lambda: File(mode=0o666))


class Runtime:
    """The runtime of one node. `pod_cidr` is the range its sandboxes get addresses from, `node_address` its own."""

    def __init__(
        self,
        agenda: Agenda,
        network: Network,
        table: ImageTable,
        chance: Chance,
        pod_cidr: str = "10.244.0.0/24",
        node_address: str = "192.168.0.10",
    ) -> None:
        self.images = ImageStore(table)
        self.on_change: Callable[[str], None] = lambda pod_uid: None
        self._agenda, self._network, self._chance = agenda, network, chance
        self.cni = Cni(network, pod_cidr, node_address)
        self._sandboxes: dict[str, _Sandbox] = {}
        self._containers: dict[str, _Container] = {}
        self._of_pod: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        self._listed: dict[str, tuple[ContainerStatus, ...]] = {}

    def run_sandbox(self, config: SandboxConfig) -> SandboxStatus:
        """Make a pod's sandbox: its network namespace and address.

        Raises:
            SandboxError: its network cannot be set up.
        """
        identity = self._chance.container_id()
        attached = self.cni.add(identity, config)
        address = "" if config.host_network else attached.network.address
        now, memory = self._agenda.now, PodMemory(config.memory_limit)
        status = SandboxStatus(identity, config.pod_uid, config.attempt, True, now, address, config.resources)
        resolver = Resolver(config.nameservers, config.search, config.options)
        pids = SharedPids() if config.shared_processes else None
        self._sandboxes[status.id] = _Sandbox(config, status, attached, resolver, memory, pids)
        self._pod(config.pod_uid)[0][status.id] = None
        self.on_change(config.pod_uid)
        return status

    def stop_sandbox(self, sandbox_id: str) -> None:
        """Stop a sandbox: kill what still runs in it, give its address back. Harmless when it has stopped."""
        sandbox = self._sandboxes.get(sandbox_id)
        if sandbox is None or sandbox.stopped:
            return
        for container in self._containers_in(sandbox):
            self._kill(container)
        sandbox.stopped = True
        sandbox.status = sandbox.status._replace(ready=False)
        self.cni.delete(sandbox.attached)
        self.on_change(sandbox.config.pod_uid)

    def kill_sandbox(self, sandbox_id: str) -> None:
        """Let the sandbox's own process die: its network stays until it is stopped, and so do processes apart from it.

        Harmless when it is gone.
        """
        sandbox = self._sandboxes.get(sandbox_id)
        if sandbox is None or not sandbox.status.ready:
            return
        if sandbox.config.shared_processes:
            for container in self._containers_in(sandbox):
                self._kill(container)
        sandbox.status = sandbox.status._replace(ready=False)
        self.on_change(sandbox.config.pod_uid)

    def remove_sandbox(self, sandbox_id: str) -> None:
        """Remove a sandbox and its containers. Harmless when it is gone."""
        sandbox = self._sandboxes.get(sandbox_id)
        if sandbox is None:
            return
        self.stop_sandbox(sandbox_id)
        for container in self._containers_in(sandbox):
            self.remove_container(container.status.id)
        del self._sandboxes[sandbox_id]
        held = self._pod(sandbox.config.pod_uid)
        del held[0][sandbox_id]
        if not held[0] and not held[1]:
            del self._of_pod[sandbox.config.pod_uid]
            self._listed.pop(sandbox.config.pod_uid, None)
        self.on_change(sandbox.config.pod_uid)

    def create_container(self, sandbox_id: str, config: ContainerConfig) -> str:
        """Create a container of an image that is present and return its id.

        Raises:
            CreateError: there is nothing to run, the image is absent, or the sandbox is not ready.
        """
        sandbox = self._sandboxes.get(sandbox_id)
        if sandbox is None or not sandbox.status.ready:
            raise CreateError(f'failed to find sandbox id "{sandbox_id}": not found')
        image = self.images.get(config.image)
        if image is None:
            raise CreateError(f'failed to get image from containerd "{config.image}": not found')
        identity = self._chance.container_id()
        started = self._launch(identity, image, sandbox, config)
        status = ContainerStatus(
            identity, sandbox_id, sandbox.config.pod_uid, config.name, config.attempt, _shown_name(image),
            image.repo_digest, ContainerState.CREATED, self._agenda.now, requested=config.image,
            resources=config.resources,
        )  # fmt: skip
        log = Log(lambda: self._agenda.now)
        self._containers[identity] = container = _Container(config, image, started, sandbox, log, status)
        self._pod(sandbox.config.pod_uid)[1][identity] = None
        self._change(container, status)
        return identity

    def start_container(self, container_id: str) -> None:
        """Start a created container.

        Raises:
            StartError: its command cannot be run; the container is EXITED then.
            NotModelledError: nobody has said what its image runs.
        """
        container = self._containers[container_id]
        if container.status.state is not ContainerState.CREATED:
            raise StartError(f"container is in {container.status.state} state")
        files = container.files = self._files(container)
        try:
            program = find_program(container.image, container.launch, files)
        except StartError as error:
            self._failed_to_start(container, error.message)
            raise
        container.processes = self._processes(container, files)
        self._change(container, container.status._replace(state=ContainerState.RUNNING, started_at=self._agenda.now))
        begin = container.launch
        container.processes.start(launched(program), *begin, container.config.stdin)

    def stop_container(self, container_id: str, grace: Nanos) -> None:
        """Send the image's stop signal now and KILL once `grace` is over; without grace KILL at once."""
        container = self._containers.get(container_id)
        if container is None or container.processes is None:
            return
        if grace <= 0:
            self._kill(container)
            return
        self._agenda.after(grace, partial(self._kill, container))
        container.processes.signal_first(container.image.stop_signal)

    def update_container(self, container_id: str, memory_limit: int | None, resources: Mapping[str, Any]) -> None:
        """Give a container another memory limit (bytes), and remember what it has now."""
        container = self._containers[container_id]
        container.config = container.config._replace(memory_limit=memory_limit, resources=resources)
        if container.processes is not None:
            container.processes.limit_memory(memory_limit or NODE_MEMORY)
        self._change(container, container.status._replace(resources=resources))

    def update_sandbox(self, sandbox_id: str, memory_limit: int | None, resources: Mapping[str, Any]) -> None:
        """Give a pod as a whole another memory limit (bytes), and remember what it has now."""
        sandbox = self._sandboxes[sandbox_id]
        sandbox.memory.limit = memory_limit
        sandbox.status = sandbox.status._replace(resources=resources)
        self.on_change(sandbox.config.pod_uid)

    def memory_of(self, container_id: str) -> int:
        """Return what a container's processes have taken, in bytes."""
        container = self._containers.get(container_id)
        return container.processes.memory if container is not None and container.processes is not None else 0

    def exec(
        self, container_id: str, argv: Sequence[str], timeout: Nanos | None, done: Done, streams: Streams | None = None
    ) -> None:
        """Run a further process in a running container; `done` gets how it ended, at the latest after `timeout` (ns).

        `streams` are its stdin, stdout and stderr; without them `done` also gets what it wrote.

        Raises:
            NotModelledError: nobody has said what its image holds.
        Source: containerd internal/cri/server/container_execsync.go, execInContainer.
        """
        container = self._containers.get(container_id)
        space = container.processes if container is not None else None
        if container is None or space is None:
            state = "CONTAINER_UNKNOWN" if container is None else f"CONTAINER_{container.status.state.upper()}"
            refused = ExecResult(error=f"failed to exec in container: container is in {state} state")
            self._agenda.after(Nanos(0), partial(done, refused))
            return
        begin = container.launch._replace(argv=tuple(argv))
        Execution(self._agenda, space, done).begin(container.image, begin, timeout, streams)

    def deliver(self, address: str, port: int) -> Delivery:
        """Return where a TCP connection from the node itself leads at this moment."""
        return self._network.deliver(self.cni.bridge, address, port)

    def disk_of(self, container_id: str) -> int:
        """Return the bytes a container has written to its own files and to its log."""
        container = self._containers.get(container_id)
        if container is None:
            return 0
        written = container.files.written() if container.files is not None else 0
        return written + container.log.size()

    def remove_container(self, container_id: str) -> None:
        """Remove a container and its log, killing it where it runs. Harmless when it is gone."""
        container = self._containers.get(container_id)
        if container is None:
            return
        self._kill(container)
        del self._containers[container_id]
        pod_uid = container.status.pod_uid
        del self._pod(pod_uid)[1][container_id]
        self._listed.pop(pod_uid, None)
        self.on_change(pod_uid)

    def containers(self, pod_uid: str) -> tuple[ContainerStatus, ...]:
        """Return a pod's containers, oldest first."""
        listed = self._listed.get(pod_uid)
        if listed is None:
            held = self._of_pod.get(pod_uid)
            if held is None:
                return ()
            listed = self._listed[pod_uid] = tuple(self._containers[identity].status for identity in held[1])
        return listed

    def sandboxes(self, pod_uid: str) -> tuple[SandboxStatus, ...]:
        """Return a pod's sandboxes, oldest first."""
        held = self._of_pod.get(pod_uid)
        return tuple([self._sandboxes[identity].status for identity in held[0]]) if held is not None else ()

    def log(self, container_id: str) -> Log:
        """Return a container's log.

        Raises:
            KeyError: there is no such container (any more).
        """
        return self._containers[container_id].log

    def _pod(self, pod_uid: str) -> tuple[dict[str, None], dict[str, None]]:
        return self._of_pod.setdefault(pod_uid, ({}, {}))

    def _containers_in(self, sandbox: _Sandbox) -> list[_Container]:
        held = self._pod(sandbox.config.pod_uid)[1]
        return [self._containers[identity] for identity in held if self._containers[identity].sandbox is sandbox]

    def _launch(self, identity: str, image: Image, sandbox: _Sandbox, config: ContainerConfig) -> Launch:
        started = launch(image, config, sandbox.config.hostname)
        if not started.argv:
            where = f'failed to generate container "{identity}" spec: failed to generate spec'
            raise CreateError(f"{where}: no command specified")
        return started

    def _files(self, container: _Container) -> FileSystem:
        """Return the container's files: its image's tree, what the sandbox brings, and its volumes."""
        sandbox = container.sandbox
        mounts: dict[str, Mounted] = {
            "/etc/hosts": Mounted(File(hosts_file(sandbox.attached.network.address, sandbox.config))),
            "/etc/hostname": Mounted(File(f"{sandbox.config.hostname}\n")),
            "/etc/resolv.conf": Mounted(File(sandbox.resolver.text())),
        }
        if container.config.message_path:
            mounts[container.config.message_path] = Mounted(container.message)
        for mount in container.config.mounts:
            mounts[mount.path] = Mounted(mount.source, mount.read_only)
        files = FileSystem(container.image.root, mounts, lambda: self._agenda.now)
        if not files.exists(container.launch.working_dir):
            files.mkdir(container.launch.working_dir, parents=True)
        files.user, files.read_only = user_of(container.image, container.config, files), container.config.read_only
        return files

    def _processes(self, container: _Container, files: FileSystem) -> PidNamespace:
        image, sandbox = container.image, container.sandbox
        repository = image.name.repository.rpartition("/")[2]
        return PidNamespace(
            self._agenda,
            Identity(sandbox.config.hostname, repository, image.version, image.shell, files.user),
            files,
            container.log,
            self._network,
            sandbox.attached.network,
            sandbox.resolver,
            self._chance.fork(container.status.id),
            container.config.memory_limit or NODE_MEMORY,
            partial(self._exited, container),
            sandbox.pids,
            sandbox.memory,
        )

    def _failed_to_start(self, container: _Container, message: str) -> None:
        self._change(
            container,
            container.status._replace(
                state=ContainerState.EXITED, started_at=_NEVER_STARTED,
                finished_at=self._agenda.now, exit_code=_START_ERROR_CODE, reason="StartError", message=message,
            ),
        )  # fmt: skip

    def _exited(self, container: _Container, code: int, out_of_memory: bool) -> None:
        container.processes = None
        reason = "OOMKilled" if out_of_memory else "Error" if code else "Completed"
        message = last_word(container.message.text, container.log, code, container.config.log_as_message)
        self._change(
            container,
            container.status._replace(
                state=ContainerState.EXITED, finished_at=self._agenda.now, exit_code=code,
                reason=reason, message=message,
            ),
        )  # fmt: skip

    def _kill(self, container: _Container) -> None:
        if container.processes is not None:
            container.processes.kill_all()

    def _change(self, container: _Container, status: ContainerStatus) -> None:
        container.status = status
        self._listed.pop(status.pod_uid, None)
        self.on_change(status.pod_uid)


def _shown_name(image: Image) -> str:
    name = image.name
    return f"{name.repository}:{name.tag}" if name.tag else image.repo_digest
