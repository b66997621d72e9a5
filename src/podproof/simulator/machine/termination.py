"""What a container leaves as its last word.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, getTerminationMessage, readLastStringFromContainerLogs;
pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength and its siblings.
"""

from podproof.simulator.machine.logs import Log

FILE_BYTES, LOG_BYTES, LOG_LINES = 4096, 2048, 80


def last_word(written: str, log: Log, exit_code: int, fall_back: bool) -> str:
    """Return the termination message: what was written to its file, or the log's end of a failure that wrote none."""
    if written:
        return _end(written, FILE_BYTES)
    return _end(log.text(LOG_LINES), LOG_BYTES) if fall_back and exit_code else ""


def _end(text: str, limit: int) -> str:
    data = text.encode(errors="surrogateescape")
    return data[-limit:].decode(errors="replace")
