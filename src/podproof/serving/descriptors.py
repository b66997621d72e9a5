"""How many connections a process may hold: as many as the system lets it have, not as few as it gives unasked."""

import resource


def make_room() -> None:
    """Raise this process's limit of open files to the most it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
