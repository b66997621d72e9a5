"""The only source of chance: seeded, and split by name so that one user's draws never move another's."""

from functools import cached_property
from random import Random

_NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_UUID_FREE = ~(0xF << 76 | 0x3 << 62)
_UUID_VERSION_4 = 0x4 << 76 | 0x2 << 62
"""Source: RFC 9562, 5.4: the bits of a UUID that are drawn, and those that say it is of version 4."""


class Chance:
    """A seeded stream of draws. `fork(name)` gives an independent stream that depends on seed and name only."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    @cached_property
    def _random(self) -> Random:
        """The generator, made by the first draw: most streams are only there in case somebody draws from them."""
        return Random(self.seed)

    def fork(self, name: str) -> "Chance":
        """Return the stream of this seed that is called `name`."""
        return Chance(f"{self.seed}/{name}")

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, not including, `limit`."""
        return self._random.randrange(limit)

    def jitter(self, span: int, factor: float) -> int:
        """Return `span` lengthened by up to `factor` of itself.

        Source: staging/src/k8s.io/apimachinery/pkg/util/wait/backoff.go, Jitter.
        """
        return span + int(self._random.random() * factor * span)

    def name_suffix(self, length: int = 5) -> str:
        """Return the random part of a generated name.

        Source: staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go, alphanums.
        """
        return "".join(self._random.choice(_NAME_ALPHABET) for _ in range(length))

    def uid(self) -> str:
        """Return a version 4 UUID."""
        drawn = self._random.getrandbits(128) & _UUID_FREE | _UUID_VERSION_4
        digits = f"{drawn:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def container_id(self) -> str:
        """Return 64 hexadecimal digits, as containerd names its containers."""
        return f"{self._random.getrandbits(256):064x}"
