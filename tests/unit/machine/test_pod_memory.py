"""What the containers of a pod may take together."""

import pytest

from podproof.simulator.machine.pod_memory import PodMemory


class Holding:
    """Stands for the processes of a container."""

    def __init__(self, memory: int, of: PodMemory) -> None:
        self.memory, self._of, self.killed = memory, of, False
        of.join(self)

    def run_out_of_memory(self) -> None:
        self.killed = True
        self._of.leave(self)


CASES = {
    "within the limit nobody goes": (100, (40, 60), (False, False)),
    "over it goes who has most": (100, (40, 61), (False, True)),
    "and the next one, until the rest fits": (100, (101, 120, 30), (True, True, False)),
    "without a limit nobody goes": (None, (1000, 1000), (False, False)),
}


@pytest.mark.parametrize(("limit", "held", "killed"), CASES.values(), ids=CASES.keys())
def test_a_pod(limit: int | None, held: tuple[int, ...], killed: tuple[bool, ...]) -> None:
    memory = PodMemory(limit)
    members = [Holding(each, memory) for each in held]

    memory.check()

    assert tuple(member.killed for member in members) == killed
