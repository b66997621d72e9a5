"""What ash, dash and bash say when something is wrong, each in its own words."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.errors import NotModelledError

Sh = Callable[..., tuple[int | None, str]]
VERSIONS = {"ash": "1.36.1", "dash": "0.5.12", "bash": "5.2"}
CASES = {
    "an unknown command": ("nosuch", {
        "ash": (127, "sh: nosuch: not found\n"),
        "dash": (127, "sh: 1: nosuch: not found\n"),
        "bash": (127, "sh: line 1: nosuch: command not found\n"),
    }),
    "a directory run as a command": ("/tmp", {
        "ash": (126, "sh: /tmp: Permission denied\n"),
        "bash": (126, "sh: line 1: /tmp: Is a directory\n"),
    }),
    "a file that cannot be made": ("echo x > /nosuch/y", {
        "ash": (1, "sh: can't create /nosuch/y: nonexistent directory\n"),
        "dash": (2, "sh: 1: cannot create /nosuch/y: Directory nonexistent\n"),
        "bash": (1, "sh: line 1: /nosuch/y: No such file or directory\n"),
    }),
    "a file that cannot be read": ("cat < /nosuch", {
        "ash": (1, "sh: can't open /nosuch: no such file\n"),
        "dash": (2, "sh: 1: cannot open /nosuch: No such file\n"),
    }),
    "a directory that is not there": ("cd /nosuch", {
        "ash": (2, "sh: cd: line 0: can't cd to /nosuch: No such file or directory\n"),
        "dash": (2, "sh: 1: cd: can't cd to /nosuch\n"),
        "bash": (1, "sh: line 1: cd: /nosuch: No such file or directory\n"),
    }),
    "a loop without its end": ("while true; do echo", {
        "ash": (2, 'sh: syntax error: unexpected end of file (expecting "done")\n'),
        "dash": (2, 'sh: 1: Syntax error: end of file unexpected (expecting "done")\n'),
        "bash": (2, "sh: line 1: syntax error: unexpected end of file\n"),
    }),
    "an end without its beginning": ("fi", {
        "ash": (2, 'sh: syntax error: unexpected "fi"\n'),
        "dash": (2, 'sh: 1: Syntax error: "fi" unexpected\n'),
        "bash": (2, "sh: line 1: syntax error near unexpected token `fi'\n"),
    }),
    "a quote that stays open": ("echo 'x", {
        "ash": (2, "sh: syntax error: unterminated quoted string\n"),
        "dash": (2, "sh: 1: Syntax error: Unterminated quoted string\n"),
    }),
    "bash's list in another shell": ("a=(1 2)", {
        "ash": (2, 'sh: syntax error: unexpected "("\n'),
        "dash": (2, 'sh: 1: Syntax error: "(" unexpected\n'),
    }),
    "division by zero": ("echo $((1/0))", {
        "ash": (2, "sh: divide by zero\n"),
        "dash": (2, 'sh: 1: arithmetic expression: division by zero: "1/0"\n'),
    }),
    "arithmetic that breaks off": ("echo $((1+))", {
        "ash": (2, "sh: arithmetic syntax error\n"),
        "dash": (2, 'sh: 1: arithmetic expression: expecting primary: "1+"\n'),
    }),
    "a variable that must be set": ("echo ${x:?}; echo never", {
        "ash": (2, "sh: x: parameter not set or null\n"),
        "bash": (127, "sh: line 1: x: parameter null or not set\n"),
    }),
    "a readonly variable": ("readonly x=1; x=2; echo never", {
        "ash": (2, "sh: x: is read only\n"),
        "bash": (2, "sh: line 1: x: readonly variable\n"),
    }),
    "a test that makes no sense": ("[ $x == 0 ]", {
        "ash": (2, "sh: 0: unknown operand\n"),
        "dash": (2, "sh: 1: [: ==: unexpected operator\n"),
    }),
    "a test of no number": ("[ 1 -eq a ]", {
        "ash": (2, "sh: a: bad number\n"),
        "dash": (2, "sh: 1: [: Illegal number: a\n"),
    }),
    "an illegal option of set": ("set -Z; echo never", {
        "ash": (2, "sh: set: line 0: illegal option -Z\n"),
        "dash": (2, "sh: 1: set: Illegal option -Z\n"),
    }),
    "escapes in echo": ("echo 'a\\tb'; echo -e 'a\\tb'", {
        "ash": (0, "a\\tb\na\tb\n"),
        "dash": (0, "a\tb\n-e a\tb\n"),
    }),
    "what ash took from bash": ("x=abcb; echo ${x/b/X} ${x//b/X} ${x:1:2} $((2**3)); [[ a == a ]] && echo $'\\tb'", {
        "ash": (0, "aXcb aXcX bc 8\n\tb\n"),
        "bash": (0, "aXcb aXcX bc 8\n\tb\n"),
    }),
    "conditions of bash": ("[[ -n x && abc == a* ]] && [[ abc =~ ^a.c$ ]] && cat <<< here", {"bash": (0, "here\n")}),
    "pipefail": ("set -o pipefail; false | true; echo $?", {
        "ash": (0, "1\n"),
        "dash": (2, "sh: 1: set: Illegal option -o pipefail\n"),
    }),
}  # fmt: skip
ROWS = {
    f"{what}, in {shell}": (each[0], shell, said) for what, each in CASES.items() for shell, said in each[1].items()
}


@pytest.mark.parametrize(("script", "shell", "said"), ROWS.values(), ids=ROWS.keys())
def test_each_shell_has_its_own_words(sh: Sh, script: str, shell: str, said: tuple[int, str]) -> None:
    assert sh(script, shell=shell, version=VERSIONS[shell]) == said


SCRIPT = "while true;do echo SUCCESS;done"
NO_FILE = {
    "busybox before 1.30": ("ash", "1.28", 2, f"sh: can't open '{SCRIPT}'\n"),
    "busybox": ("ash", "1.35", 2, f"sh: can't open '{SCRIPT}': No such file or directory\n"),
    "debian 9's dash": ("dash", "0.5.8", 127, f"sh: 0: Can't open {SCRIPT}\n"),
    "dash": ("dash", "0.5.12", 2, f"sh: 0: cannot open {SCRIPT}: No such file\n"),
    "bash": ("bash", "5.2", 127, f"sh: {SCRIPT}: No such file or directory\n"),
}


@pytest.mark.parametrize(("shell", "version", "status", "said"), NO_FILE.values(), ids=NO_FILE.keys())
def test_a_script_without_c_is_taken_for_a_file(
    box: Callable[..., Any], shell: str, version: str, status: int, said: str
) -> None:
    container = box("sh", SCRIPT, shell=shell, version=version)
    container.go_on(1)

    assert (container.ended[0][0], container.log()) == (status, said)


def test_a_script_file_is_named_with_its_line(box: Callable[..., Any]) -> None:
    container = box("sh", "/tmp/s", files={"/tmp/s": "echo hi\n\nnosuch\ncd /x\nif\n"})
    container.go_on(1)

    assert container.log() == (
        "hi\n/tmp/s: line 3: nosuch: not found\n/tmp/s: cd: line 4: can't cd to /x: No such file or directory\n"
        '/tmp/s: line 6: syntax error: unexpected end of file (expecting "then")\n'
    )


REFUSED = {
    "lists": "a=(1 2)",
    "the loop of C": "for ((i=0; i<3; i++)); do :; done",
    "processes as files": "cat <(echo)",
    "braces": "echo {1..3}",
    "letters made large": "echo ${x^^}",
    "declarations": "declare -A x",
}


@pytest.mark.parametrize("script", REFUSED.values(), ids=REFUSED.keys())
def test_what_only_bash_has_refuses_in_bash(sh: Sh, script: str) -> None:
    with pytest.raises(NotModelledError):
        sh(script, shell="bash", version="5.2")
