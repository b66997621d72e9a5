"""Quantities as Kubernetes writes them ("500m", "64Mi", "1e3"): exact, in whole billionths.

Nothing finer than a billionth is kept: smaller amounts round up, as the API server rounds them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from podproof.errors import PodproofError

NANO = 10**9
"""How many billionths make one whole."""

WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
WRONG_SUFFIX = "unable to parse quantity's suffix"

BINARY, DECIMAL, EXPONENT = "BinarySI", "DecimalSI", "DecimalExponent"

_SHAPE = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)", re.ASCII)
_EXPONENT_SUFFIX = re.compile(r"[eE]([+-]?[0-9]+)", re.ASCII)
_BINARY_SUFFIXES = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL_SUFFIXES = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_DECIMAL_POWERS = {suffix: power for power, suffix in _DECIMAL_SUFFIXES.items()}
_CEILING = (2**63 - 1) * NANO
_LARGEST_POWER = 64
"""An exponent past this is past the ceiling (or below a billionth) for every mantissa; it keeps `1e999999999` cheap."""


class QuantityError(PodproofError, ValueError):
    """A text that is no quantity; `reason` is the API server's own sentence."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text, self.reason = text, reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount in billionths, and the notation it was written in. Ordered by amount."""

    nano: int
    notation: str = DECIMAL

    def __add__(self, other: "Quantity") -> "Quantity":
        """Return the sum, in the notation of the first addend that is not zero.

        Source: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, Quantity.Add.
        """
        return Quantity(self.nano + other.nano, self.notation if self.nano else other.notation)

    def __str__(self) -> str:
        return canonical(self)

    @property
    def milli_value(self) -> int:
        """The amount in thousandths, rounded up (as CPU is counted)."""
        return -(-self.nano // (NANO // 1000))

    @property
    def value(self) -> int:
        """The amount in wholes, rounded up (as bytes and pods are counted)."""
        return -(-self.nano // NANO)


@lru_cache(maxsize=4096, typed=True)
def parse(text: str | int | float) -> Quantity:
    """Return the quantity that a manifest's text or number means.

    Raises:
        QuantityError: with the API server's own sentence.
    Source: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, ParseQuantity, UnmarshalJSON.
    """
    stripped = str(text).strip()
    found = _SHAPE.fullmatch(stripped)
    if not stripped or found is None:
        raise QuantityError(stripped, WRONG_FORMAT)
    sign, digits, fraction, suffix = found[1], found[2], found[3] or "", found[4]
    base, power, notation = _scale(stripped, suffix)
    mantissa = int((digits + fraction) or "0") * NANO
    amount = min(_scaled(mantissa, base, power, len(fraction)), _CEILING)
    if notation == BINARY and 0 < amount < NANO:
        notation = DECIMAL
    return Quantity(-amount if sign == "-" else amount, notation)


def _scale(text: str, suffix: str) -> tuple[int, int, str]:
    if suffix in _BINARY_SUFFIXES[1:]:
        return 1024, _BINARY_SUFFIXES.index(suffix), BINARY
    if suffix in _DECIMAL_POWERS:
        return 10, _DECIMAL_POWERS[suffix], DECIMAL
    exponent = _EXPONENT_SUFFIX.fullmatch(suffix)
    if exponent is None:
        raise QuantityError(text, WRONG_SUFFIX)
    return 10, int(exponent[1]), EXPONENT


def _scaled(mantissa: int, base: int, power: int, places: int) -> int:
    if mantissa == 0:
        return 0
    if base == 10:
        power, places = power - places, 0
        if power > _LARGEST_POWER:
            return _CEILING
        digits = len(str(mantissa))
        if power < -digits:
            return 1
    numerator: int = mantissa * base ** max(power, 0)
    divisor: int = base ** max(-power, 0) * 10**places
    return -(-numerator // divisor)


def canonical(quantity: Quantity) -> str:
    """Return the shortest text with no fraction and the largest suffix that loses nothing.

    Source: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, CanonicalizeBytes.
    """
    nano, notation = quantity.nano, quantity.notation
    if notation == BINARY and -1024 * NANO < nano < 1024 * NANO:
        notation = DECIMAL
    if nano == 0:
        return "0"
    if notation == BINARY:
        return _binary(quantity)
    amount, power = nano, -9
    while amount % 1000 == 0 and power < 18:
        amount, power = amount // 1000, power + 3
    if notation == DECIMAL:
        return f"{amount}{_DECIMAL_SUFFIXES[power]}"
    return f"{amount}e{power}" if power else str(amount)


def _binary(quantity: Quantity) -> str:
    # Away from zero, not up: the real conversion rounds the magnitude.
    amount, power = -(-abs(quantity.nano) // NANO), 0
    while amount % 1024 == 0 and power < len(_BINARY_SUFFIXES) - 1:
        amount, power = amount // 1024, power + 1
    return f"{'-' if quantity.nano < 0 else ''}{amount}{_BINARY_SUFFIXES[power]}"


def resource_amount(text: str | int | float) -> str:
    """Return an entry of a resource list as the API server stores it: canonical, rounded up to thousandths.

    Source: pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList.
    """
    quantity = parse(text)
    return canonical(Quantity(quantity.milli_value * (NANO // 1000), quantity.notation))
