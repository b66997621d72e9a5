"""The last word of a container: its file, or the end of its log."""

import pytest

from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.termination import last_word
from podproof.simulator.model.times import Nanos

WORDS = {
    "the file's": ("done", "log line\n", 0, False, "done"),
    "the file's, before the log": ("done", "log line\n", 1, True, "done"),
    "none without a file": ("", "log line\n", 1, False, ""),
    "the log's, after a failure": ("", "one\ntwo\n", 1, True, "one\ntwo\n"),
    "none after a success": ("", "one\n", 0, True, ""),
    "the last 4096 bytes of the file": ("a" + "b" * 4096, "", 0, False, "b" * 4096),
    "the last 80 lines of the log": ("", "x\n" * 100, 1, True, "x\n" * 80),
    "the last 2048 bytes of the log": ("", "a" + "y" * 2047 + "\n", 1, True, "y" * 2047 + "\n"),
}


@pytest.mark.parametrize(("written", "logged", "code", "fall_back", "wanted"), WORDS.values(), ids=WORDS.keys())
def test_the_last_word_is(written: str, logged: str, code: int, fall_back: bool, wanted: str) -> None:
    log = Log(lambda: Nanos(0))
    log.write(1, logged)

    assert last_word(written, log, code, fall_back) == wanted
