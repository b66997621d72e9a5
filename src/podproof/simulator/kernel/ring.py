"""A ring that grows: what a slow handler has not taken yet waits here, and nobody in front of it waits for the handler.

Source: staging/src/k8s.io/client-go/../utils/buffer/ring_growing.go (k8s.io/utils), RingGrowing.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

FIRST_SIZE = 1024
"""Source: staging/src/k8s.io/client-go/tools/cache/shared_informer.go, initialBufferSize."""


class RingGrowing(Generic[T]):
    """First in, first out. `size` is how many fit before it grows, and it doubles each time it does."""

    def __init__(self, size: int = FIRST_SIZE) -> None:
        self.size = size
        self._slots: list[T | None] = []
        self._first = self._waiting = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._waiting

    def write_one(self, item: T) -> None:
        """Let an item wait behind all others."""
        if not self._slots:
            self._slots = [None] * self.size
        elif self._waiting == self.size:
            self._grow()
        self._slots[(self._first + self._waiting) % self.size] = item
        self._waiting += 1

    def read_one(self) -> T:
        """Take the item that has waited longest.

        Raises:
            IndexError: none waits.
        """
        if not self._waiting:
            raise IndexError("nothing waits in the ring")
        item = self._slots[self._first]
        self._slots[self._first] = None
        self._first = (self._first + 1) % self.size
        self._waiting -= 1
        return item  # type: ignore[return-value]

    def _grow(self) -> None:
        around = self._slots[self._first :] + self._slots[: self._first]
        self._slots, self._first = around + [None] * self.size, 0
        self.size *= 2
