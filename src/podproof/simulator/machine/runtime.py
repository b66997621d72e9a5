"""The container runtime of one node: sandboxes, containers, their logs and images, as the CRI offers them.

All changes of state are immediate; how long they take on a real node is the kubelet's to wait. `on_change(pod uid)` is
called after each. Source of texts and exit codes: containerd internal/cri/server, runc libcontainer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
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
from podproof.simulator.machine.effects import Compute, Process, Program, Running
from podproof.simulator.machine.files import File, FileSystem, Mounted
from podproof.simulator.machine.images import Image, ImageStore, ImageTable
from podproof.simulator.machine.launch import Launch, find_program, launch, user_of
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Namespace, Network
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.process import KILL, Identity
from podproof.simulator.model.times import MILLISECOND, Nanos

NODE_MEMORY = 16 * 1024**3
"""What a container without a limit may take until the node itself is out of memory. Approximated: per container."""
_START_ERROR_CODE = 128
"""Source: containerd internal/cri/server/container_start.go, errorStartExitCode, errorStartReason."""
_NEVER_STARTED = Nanos(0)
_LAUNCH = Nanos(25 * MILLISECOND)
"""From the runtime's word that a container runs to its first instruction. Recorded: an instant command is still seen
running by the look that follows its start."""


@dataclass(slots=True)
class _Sandbox:
    config: SandboxConfig
    status: SandboxStatus
    network: Namespace
    resolver: Resolver


@dataclass(slots=True)
class _Container:
    config: ContainerConfig
    image: Image
    launch: Launch
    sandbox: _Sandbox
    log: Log
    status: ContainerStatus
    processes: PidNamespace | None = None


class Runtime:
    """The runtime of one node. `pod_cidr` is the range its sandboxes get addresses from."""

    def __init__(
        self, agenda: Agenda, network: Network, table: ImageTable, chance: Chance, pod_cidr: str = "10.244.0.0/24"
    ) -> None:
        self.images = ImageStore(table)
        self.on_change: Callable[[str], None] = lambda pod_uid: None
        self._agenda, self._network, self._chance, self._pod_cidr = agenda, network, chance, pod_cidr
        self._sandboxes: dict[str, _Sandbox] = {}
        self._containers: dict[str, _Container] = {}
        self._of_pod: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        self._listed: dict[str, tuple[ContainerStatus, ...]] = {}

    def run_sandbox(self, config: SandboxConfig) -> SandboxStatus:
        """Make a pod's sandbox: its network namespace and address.

        Raises:
            OSError: EADDRNOTAVAIL, the node's pod range is used up.
        """
        network = self._network.join(self._pod_cidr)
        status = SandboxStatus(
            self._chance.container_id(), config.pod_uid, config.attempt, True, self._agenda.now, network.address
        )
        resolver = Resolver(config.nameserver, config.search)
        self._sandboxes[status.id] = _Sandbox(config, status, network, resolver)
        self._pod(config.pod_uid)[0][status.id] = None
        self.on_change(config.pod_uid)
        return status

    def stop_sandbox(self, sandbox_id: str) -> None:
        """Stop a sandbox: kill what still runs in it, give its address back. Harmless when it has stopped."""
        sandbox = self._sandboxes.get(sandbox_id)
        if sandbox is None or not sandbox.status.ready:
            return
        for container in self._containers_in(sandbox):
            self._kill(container)
        sandbox.status = replace(sandbox.status, ready=False)
        self._network.leave(sandbox.network)
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
        files = self._files(container)
        try:
            program = find_program(container.image, container.launch, files)
        except StartError as error:
            self._failed_to_start(container, error.message)
            raise
        container.processes = self._processes(container, files)
        self._change(container, replace(container.status, state=ContainerState.RUNNING, started_at=self._agenda.now))
        begin = container.launch
        container.processes.start(_launched(program), begin.argv, begin.env, begin.working_dir)

    def stop_container(self, container_id: str, grace: Nanos) -> None:
        """Send the image's stop signal now and KILL once `grace` is over; without grace KILL at once."""
        container = self._containers.get(container_id)
        if container is None or container.processes is None:
            return
        if grace <= 0:
            self._kill(container)
            return
        self._agenda.after(grace, partial(self._kill, container))
        container.processes.signal(1, container.image.stop_signal, from_outside=True)

    def kill_container(self, container_id: str, signal: int) -> None:
        """Send a signal to a container's first process from outside. Harmless when it does not run."""
        container = self._containers.get(container_id)
        if container is not None and container.processes is not None:
            container.processes.signal(1, signal, from_outside=True)

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
        return tuple(self._sandboxes[identity].status for identity in held[0]) if held is not None else ()

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
            "/etc/hosts": Mounted(File(_hosts(sandbox.status.address, sandbox.config.hostname))),
            "/etc/hostname": Mounted(File(f"{sandbox.config.hostname}\n")),
            "/etc/resolv.conf": Mounted(File(sandbox.resolver.text())),
        }
        for mount in container.config.mounts:
            mounts[mount.path] = Mounted(mount.source, mount.read_only)
        files = FileSystem(container.image.root, mounts, lambda: self._agenda.now)
        if not files.exists(container.launch.working_dir):
            files.mkdir(container.launch.working_dir, parents=True)
        return files

    def _processes(self, container: _Container, files: FileSystem) -> PidNamespace:
        image, sandbox = container.image, container.sandbox
        repository = image.name.repository.rpartition("/")[2]
        user = user_of(image, files)
        return PidNamespace(
            self._agenda,
            Identity(sandbox.config.hostname, repository, image.version, image.shell, user),
            files,
            container.log,
            self._network,
            sandbox.network,
            sandbox.resolver,
            self._chance.fork(container.status.id),
            container.config.memory_limit or NODE_MEMORY,
            partial(self._exited, container),
        )

    def _failed_to_start(self, container: _Container, message: str) -> None:
        self._change(
            container,
            replace(
                container.status, state=ContainerState.EXITED, started_at=_NEVER_STARTED,
                finished_at=self._agenda.now, exit_code=_START_ERROR_CODE, reason="StartError", message=message,
            ),
        )  # fmt: skip

    def _exited(self, container: _Container, code: int, out_of_memory: bool) -> None:
        container.processes = None
        reason = "OOMKilled" if out_of_memory else "Error" if code else "Completed"
        ended = replace(
            container.status, state=ContainerState.EXITED, finished_at=self._agenda.now, exit_code=code, reason=reason
        )
        self._change(container, ended)

    def _kill(self, container: _Container) -> None:
        if container.processes is not None:
            container.processes.signal(1, KILL, from_outside=True)

    def _change(self, container: _Container, status: ContainerStatus) -> None:
        container.status = status
        self._listed.pop(status.pod_uid, None)
        self.on_change(status.pod_uid)


def _launched(program: Program) -> Program:
    def run(process: Process) -> Running:
        yield Compute(_LAUNCH)
        return (yield from program(process))

    return run


def _shown_name(image: Image) -> str:
    name = image.name
    return f"{name.repository}:{name.tag}" if name.tag else image.repo_digest


def _hosts(address: str, hostname: str) -> str:
    """Return /etc/hosts. Source: pkg/kubelet/kubelet_pods.go, managedHostsFileContent."""
    fixed = (
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
    )
    return "\n".join(["# Kubernetes-managed hosts file.", *fixed, f"{address}\t{hostname}", ""])
