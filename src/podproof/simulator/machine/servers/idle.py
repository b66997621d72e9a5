"""Programs that only wait, and those that hand over to another."""

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Interrupted, Process, Running, Sleep, Write

INT, QUIT, TERM = 2, 3, 15
_NOT_FOUND = 127


def refuse_others(process: Process, server: str) -> None:
    """Refuse to run a server as a user that its image was not made for.

    Raises:
        NotModelledError: what it cannot write then, and what it makes of that, is not modelled.
    """
    if process.files.user.restricted:
        raise NotModelledError(f"{server} as user {process.user}", f"a container of {process.image}")


def until_stopped(process: Process, signals: tuple[int, ...]) -> Running:
    """Wait for one of `signals`; the result is its number."""
    for signal in signals:
        process.on_signal(signal, "interrupt")
    try:
        yield Sleep(None)
    except Interrupted as stopped:
        return stopped.signal
    raise AssertionError("a sleep without an end has ended")


def pause(process: Process) -> Running:
    """The infrastructure container's own program. Source: build/pause/linux/pause.c, sigdown."""
    signal = yield from until_stopped(process, (INT, TERM))
    yield Write(2, f"Shutting down, got signal: {'Terminated' if signal == TERM else 'Interrupt'}\n")
    return 0


def idle(process: Process) -> Running:
    """What stands for a program nobody described: it runs until it is told to end."""
    yield from until_stopped(process, (INT, QUIT, TERM))
    return 0


def docker_entrypoint(process: Process) -> Running:
    """An image's entrypoint script: prepares nothing that could be seen here and becomes the command it is given."""
    name = process.argv[1] if len(process.argv) > 1 else "sh"
    program = next((found for path in _candidates(process, name) if (found := process.program(path))), None)
    if program is None:
        yield Write(2, f"{process.argv[0]}: exec: {name}: not found\n")
        return _NOT_FOUND
    process.argv = process.argv[1:] or (name,)
    return (yield from program(process))


def _candidates(process: Process, name: str) -> list[str]:
    if "/" in name:
        return [process.files.resolve(process.cwd, name)]
    return [f"{directory}/{name}" for directory in process.env.get("PATH", "").split(":") if directory]
