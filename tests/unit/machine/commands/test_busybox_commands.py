"""The commands of busybox: what they write, and with which exit status they end."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands import NOT_MODELLED, PROGRAMS

Box = Callable[..., Any]
Sh = Callable[..., tuple[int | None, str]]

FAULTS: Mapping[str, tuple[str, int, str]] = {
    "cat of nothing": ("cat /nosuch", 1, "cat: can't open '/nosuch': No such file or directory\n"),
    "cat of a directory": ("cat /tmp", 1, "cat: read error: Is a directory\n"),
    "ls of nothing": ("ls /nosuch", 1, "ls: /nosuch: No such file or directory\n"),
    "rm of nothing": ("rm x", 1, "rm: can't remove 'x': No such file or directory\n"),
    "rm of a directory": ("rm /tmp", 1, "rm: can't remove '/tmp': Is a directory\n"),
    "mkdir of what is there": ("mkdir /tmp", 1, "mkdir: can't create directory '/tmp': File exists\n"),
    "rmdir of what is full": ("mkdir -p a/b; rmdir a", 1, "rmdir: 'a': Directory not empty\n"),
    "cp of nothing": ("cp x y", 1, "cp: can't stat 'x': No such file or directory\n"),
    "mv of nothing": ("mv x y", 1, "mv: can't rename 'x': No such file or directory\n"),
    "touch where there is no directory": ("touch /a/b", 1, "touch: /a/b: No such file or directory\n"),
    "grep of nothing": ("grep x /nosuch", 2, "grep: /nosuch: No such file or directory\n"),
    "grep of a bad pattern": ("echo | grep -E '('", 2, "grep: bad regex '(': Invalid preceding regular expression\n"),
    "an option nobody has": ("head -Z", 1, "head: invalid option -- 'Z'\n"),
    "an option without its value": ("head -n", 1, "head: option requires an argument -- 'n'\n"),
    "a duration that is none": ("sleep abc", 1, "sleep: invalid number 'abc'\n"),
    "a number that is none": ("head -n x", 1, "head: invalid number 'x'\n"),
    "env of an unknown command": ("env nosuch", 127, "env: can't execute 'nosuch': No such file or directory\n"),
    "an unknown applet": ("busybox nosuch", 127, "nosuch: applet not found\n"),
    "kill of nobody": ("/bin/kill 999", 1, "kill: can't kill pid 999: No such process\n"),
    "an unknown host for wget": ("wget -q -O- http://nosuch/", 1, "wget: bad address 'nosuch'\n"),
    "an unknown host for ping": ("ping -c 1 nosuch", 1, "ping: bad address 'nosuch'\n"),
    "an unknown host for nc": ("nc -z nosuch 80", 1, "nc: bad address 'nosuch'\n"),
    "a port nobody serves": (
        "wget -q -O- http://127.0.0.1:81", 1, "wget: can't connect to remote host (127.0.0.1): Connection refused\n"),
    "a broken pipe": ("(seq 100000; echo $? >&2) | head -n 1", 0, "1\n141\n"),
    "division by nothing": ("expr 1 / 0", 2, "expr: division by zero\n"),
    "a user without a name": ("tr a", 1, "tr: missing operand after 'a'\n"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "status", "written"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_as_busybox_tells_it(sh: Sh, script: str, status: int, written: str) -> None:
    assert sh(script) == (status, written)


WRITTEN: Mapping[str, tuple[str, str]] = {
    "ls -l": (
        "echo hi > f; mkdir d; ls -l | grep -v total",
        "drwxr-xr-x    2 root     root          4096 Nov 14 22:13 d\n"
        "-rw-r--r--    1 root     root             3 Nov 14 22:13 f\n"),
    "wc in columns": ("printf 'a b\\nc\\n' > f; wc f", "        2         3         6 f\n"),
    "ps": (
        "sleep 9 & ps", "PID   USER     TIME  COMMAND\n    1 root      0:00 sh -c sleep 9 & ps\n"
        "    2 root      0:00 sleep 9\n    3 root      0:00 ps\n"),
    "id and names": (
        "id; whoami; id -u; hostname; uname; nproc",
        "uid=0(root) gid=0(root) groups=0(root)\nroot\n0\npod\nLinux\n2\n"),
    "the time of the simulation": (
        "date; date +%s; sleep 60; date -u '+%H:%M'", "Tue Nov 14 22:13:20 UTC 2023\n1700000000\n22:14\n"),
    "dd": ("dd if=/dev/zero of=f bs=1M count=2 2>/dev/null; stat -c %s f; du -k f", "2097152\n2048\tf\n"),
    "timeout": ("timeout 1 sleep 5; echo $?; timeout -s KILL 1 sleep 5; echo $?", "143\n137\n"),
    "busybox by its own name": ("busybox echo hi; busybox sh -c 'echo $0'", "hi\nsh\n"),
    "find": (
        "mkdir -p a/b; touch a/x a/b/y.txt; find a -type f; find . -name '*.txt'", "a/b/y.txt\na/x\n./a/b/y.txt\n"),
    "chmod and test -x": ("touch f; chmod +x f; [ -x f ] && echo x; chmod 644 f; stat -c %a f", "x\n644\n"),
    "mktemp": ("f=$(mktemp); [ -f $f ] && echo made; d=$(mktemp -d); [ -d $d ] && echo dir", "made\ndir\n"),
    "tail -f waits on though its reader has gone": ("echo a > f; tail -f f | head -n 1; echo over", "a\n"),
    "links": ("echo t > t; ln -s t l; cat l; readlink l; ls -l l | cut -c 1; rm l; ls", "t\nt\nl\nt\n"),
    "shebang of another interpreter": ("printf '#!/bin/cat\\nhello\\n' > s; chmod +x s; ./s", "#!/bin/cat\nhello\n"),
    "the resolver's own view": ("cat /etc/resolv.conf | grep nameserver", "nameserver 10.96.0.10\n"),
    "kill by name": ("sleep 100 & killall sleep; wait $!; echo $?; pgrep sleep; echo $?", "143\n1\n"),
    "a sum of durations": ("date +%s; sleep 1m 0.5s 1.5; date +%s", "1700000000\n1700000062\n"),
    "hashes": ("printf abc | sha256sum | cut -c 1-8; printf abc | md5sum | cut -c 1-8", "ba7816bf\n90015098\n"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "written"), WRITTEN.values(), ids=WRITTEN.keys())
def test_a_script_writes(sh: Sh, script: str, written: str) -> None:
    assert sh(script)[1] == written


def test_tail_f_shows_what_is_added(box: Box) -> None:
    container = box("sh", "-c", "echo a > f; (sleep 5; echo b >> f) & tail -f f").go_on(4)

    assert container.log() == "a\n"
    assert container.go_on(4).log() == "a\nb\n"


GNU = {
    "cat of nothing": ("cat /nosuch", 1, "cat: /nosuch: No such file or directory\n"),
    "ls of nothing": ("ls /nosuch", 2, "ls: cannot access '/nosuch': No such file or directory\n"),
    "rm of nothing": ("rm x", 1, "rm: cannot remove 'x': No such file or directory\n"),
    "mkdir of what is there": ("mkdir /tmp", 1, "mkdir: cannot create directory ‘/tmp’: File exists\n"),
}


@pytest.mark.parametrize(("script", "status", "written"), GNU.values(), ids=GNU.keys())
def test_debian_images_speak_as_gnu_does(sh: Sh, script: str, status: int, written: str) -> None:
    assert sh(script, shell="dash", version="0.5.12") == (status, written)


REFUSED = {
    "an applet nobody has written": ("busybox vi", "the command vi"),
    "an option nobody has written": ("touch -d yesterday f", "the option -d of touch"),
    "a program of awk": ("echo | awk 'BEGIN { x = 1 }'", "the awk program"),
    "a command of sed": ("echo | sed 'N;P;D'", "the command N of sed"),
    "ftp": ("wget -q ftp://db/", "ftp"),
    "setting the clock": ("date 010101", "setting the clock"),
    "a hard link": ("touch a; ln a b", "hard links"),
    "an alias": ("alias ll='ls -l'", "aliases"),
}


@pytest.mark.parametrize(("script", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_modelled_refuses_by_name(sh: Sh, script: str, named: str) -> None:
    with pytest.raises(NotModelledError, match=named):
        sh(script)


def test_no_command_is_both_modelled_and_not() -> None:
    assert NOT_MODELLED & PROGRAMS.keys() == set()


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_command_can_be_started(box: Box, name: str) -> None:
    container = box(name).go_on(1)

    assert all(code in (0, 1, 2, 3) for code, _, _ in container.ended)
