"""POSIX sh as a program: read by tree-sitter-bash, evaluated as a generator of effects."""

from podproof.simulator.machine.effects import Process, Running


def shell(process: Process) -> Running:
    """Be sh, ash, dash or bash, by the image's flavour and the name called."""
    from podproof.simulator.machine.shell.invocation import shell as run

    return run(process)


__all__ = ["shell"]
