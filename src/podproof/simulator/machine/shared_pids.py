"""The process numbers of a pod whose containers share them: the sandbox's own process is 1, and stays.

Source: pkg/kubelet/kuberuntime/security_context.go, namespacesForPod (shareProcessNamespace).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from podproof.errors import NotModelledError

if TYPE_CHECKING:
    from podproof.simulator.machine.pidspace import PidNamespace

PAUSE = (1, ("/pause",))


class SharedPids:
    """One sandbox's numbers, given out to the processes of all its containers."""

    def __init__(self) -> None:
        self._last = 1
        self._members: list[PidNamespace] = []

    def take(self) -> int:
        """Return the next number."""
        self._last += 1
        return self._last

    def join(self, member: "PidNamespace") -> None:
        """Let a container's processes be seen by the others."""
        self._members.append(member)

    def leave(self, member: "PidNamespace") -> None:
        """Take a container out that has ended."""
        self._members.remove(member)

    def table(self) -> list[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process of the pod, in the order of their pids."""
        return sorted([PAUSE, *self._rows()])

    def signal(self, pid: int, number: int) -> bool:
        """Signal a process of whichever container; False where there is none.

        Raises:
            NotModelledError: the sandbox's own process is meant.
        """
        if pid == PAUSE[0]:
            raise NotModelledError("signals to the sandbox's own process", "a pod that shares its process namespace")
        owner = next((member for member in self._members if member.process(pid) is not None), None)
        return owner is not None and owner.signal(pid, number)

    def _rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for member in self._members:
            yield from member.own_table()
