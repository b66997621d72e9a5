"""`--podproof-shard i/n`: one part of the tests for each of several machines."""

import re

import pytest

_SHARD = re.compile(r"(\d+)/(\d+)")


class Shard:
    """Keeps every n-th test from the i-th on: neighbours, which often take as long, go to different machines."""

    def __init__(self, text: str) -> None:
        match = _SHARD.fullmatch(text)
        number, count = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= count:
            raise pytest.UsageError(f"--podproof-shard {text}: write the part and how many there are, as 2/5")
        self.number, self.count = number, count

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the tests of the other parts."""
        kept = items[self.number - 1 :: self.count]
        chosen = set(map(id, kept))
        others = [item for item in items if id(item) not in chosen]
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = kept

    def pytest_report_header(self) -> str:
        """Say which part it is."""
        return f"podproof: part {self.number} of {self.count}"
