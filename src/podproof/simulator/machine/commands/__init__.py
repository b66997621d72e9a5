"""The commands of a container's image, by name: busybox's applets and the GNU tools of the same names."""

from collections.abc import Mapping
from importlib import import_module

from podproof.simulator.machine.effects import Process, Program, Running
from podproof.simulator.machine.shell import shell

_MODULES: Mapping[str, tuple[str, ...]] = {
    "bind": ("bind-nslookup", "dig", "host"),
    "blocks": ("base64", "dd", "md5sum", "sha1sum", "sha256sum", "sha512sum"),
    "columns": ("cut", "paste", "sort", "tr", "uniq"),
    "editing": ("awk", "sed"),
    "fetching": ("curl",),
    "filetree": (
        "chgrp", "chmod", "chown", "cp", "ln", "mkdir", "mktemp", "mv", "readlink", "realpath", "rm", "rmdir", "touch",
    ),
    "listing": ("du", "find", "ls", "pwd", "stat", "which"),
    "naming": ("nslookup",),
    "networking": ("nc", "ping", "ping6", "wget"),
    "processes": (
        "busybox", "env", "kill", "killall", "nice", "nohup", "pgrep", "pidof", "ps", "timeout", "xargs",
    ),
    "reading": ("cat", "head", "nl", "rev", "tac", "tail", "tee", "wc"),
    "searching": ("egrep", "fgrep", "grep"),
    "simple_programs": (
        "[", "basename", "dirname", "echo", "expr", "false", "printf", "seq", "sleep", "test", "true", "uname",
        "usleep", "yes",
    ),
    "system": ("date", "hostname", "id", "nproc", "printenv", "sync", "whoami"),
}  # fmt: skip
"""Which module has which commands: a module is imported when one of its commands is first run."""


def _program(module: str, name: str) -> Program:
    def run(process: Process) -> Running:
        from podproof.simulator.machine.commands.calling import program

        return program(import_module(f"{__name__}.{module}").COMMANDS[name])(process)

    return run


PROGRAMS: Mapping[str, Program] = {
    **dict.fromkeys(("ash", "bash", "dash", "sh"), shell),
    **{name: _program(module, name) for module, names in _MODULES.items() for name in names},
}
"""What runs. Which of them an image has is its row's matter."""

NOT_MODELLED = frozenset({
    "adduser", "arp", "arping", "bc", "bunzip2", "bzip2", "chroot", "cksum", "clear", "cmp", "comm", "cpio", "crond",
    "crontab", "cryptpw", "df", "diff", "dmesg", "dos2unix", "dumpleases", "ed", "expand", "factor", "fallocate",
    "flock", "fold", "free", "fsync", "ftpget", "ftpput", "fuser", "getopt", "gunzip", "gzip", "hd", "hexdump",
    "hostid", "httpd", "hush", "ifconfig", "install", "iostat", "ip", "ipcalc", "ipcs", "join", "last", "less",
    "link", "logger", "logname", "lsof", "lsscsi", "lsusb", "lzcat", "lzma", "mesg", "microcom", "mkfifo", "mknod",
    "more", "mount", "mountpoint", "mpstat", "nameif", "netstat", "nmeter", "nsenter", "od", "passwd", "patch",
    "pmap", "pstree", "rdate", "renice", "reset", "resize", "route", "run-parts", "script", "setsid", "sha3sum",
    "shred", "shuf", "split", "strings", "stty", "su", "sulogin", "sum", "tar", "telnet", "telnetd", "tftp", "time",
    "top", "traceroute", "truncate", "tsort", "tty", "ttysize", "udhcpc", "umount", "unexpand", "unix2dos", "unlink",
    "unlzma", "unxz", "unzip", "uptime", "users", "uudecode", "uuencode", "vi", "watch", "watchdog", "who", "xxd",
    "xz", "xzcat", "zcat",
})  # fmt: skip
"""Applets busybox has that refuse here. Source: busybox 1.36, the list `busybox` prints, without hardware and login."""
