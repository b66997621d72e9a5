"""When a node's disk is cleared, and what is said of it."""

import pytest

from podproof.simulator.control.kubelet.eviction.clearing import Disk, bytes_over, size_text, too_little_message

GIB = 1 << 30
OVER = {
    "below the high threshold nothing goes": (Disk(100, 16), 0),
    "at it, as much as leads to the low one": (Disk(100, 15), 5),
    "a full disk": (Disk(100, 0), 20),
}
SIZES = {"bytes": (512, "512 B"), "a fraction": (1536, "1.5 KiB"), "as many as a node has": (100 * GIB, "100.0 GiB")}


@pytest.mark.parametrize(("disk", "wanted"), OVER.values(), ids=OVER.keys())
def test_how_much_is_to_go(disk: Disk, wanted: int) -> None:
    assert bytes_over(disk) == wanted


@pytest.mark.parametrize(("amount", "text"), SIZES.values(), ids=SIZES.keys())
def test_sizes(amount: int, text: str) -> None:
    assert size_text(amount) == text


def test_what_is_said_where_it_was_too_little() -> None:
    assert too_little_message(Disk(100 * GIB, 10 * GIB), 7) == (
        "Insufficient free disk space on the node's image filesystem (90% of 100.0 GiB used). Failed to free "
        "sufficient space by deleting unused images (freed 7 bytes). Investigate disk usage, as it could be used by "
        "active images, logs, volumes, or other data."
    )
