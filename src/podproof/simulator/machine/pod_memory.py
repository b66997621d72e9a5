"""The memory of a pod as a whole: what its containers may take together."""

from typing import Protocol


class Member(Protocol):
    """The processes of one container."""

    @property
    def memory(self) -> int:
        """What they have taken together, in bytes."""

    def run_out_of_memory(self) -> None:
        """Kill them all."""


class PodMemory:
    """Holds the containers of a pod to one limit (bytes, None: there is none).

    Over it goes the container that has taken most. Approximated: a kernel also weighs the QoS class and requests.
    Source: mm/oom_kill.c of Linux, oom_badness; memory.oom.group is set for containers, not for their pod.
    """

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._members: list[Member] = []

    @property
    def used(self) -> int:
        """What all containers together have taken, in bytes."""
        return sum(member.memory for member in self._members)

    def join(self, member: Member) -> None:
        """Count a container that starts."""
        self._members.append(member)

    def leave(self, member: Member) -> None:
        """Count a container no more."""
        self._members.remove(member)

    def check(self) -> None:
        """Kill whom the limit does not bear."""
        while self.limit is not None and self.used > self.limit:
            max(self._members, key=lambda member: member.memory).run_out_of_memory()
