"""What a recorder makes of many events of one object that differ only in their message: one.

Source: staging/src/k8s.io/client-go/tools/record/events_cache.go, EventAggregator. The spam filter behind it, which
lets 25 events of an object pass, is left out: recordings of a kubelet show more.
"""

from podproof.simulator.model.times import SECOND, Nanos

SIMILAR = 10
"""From how many different messages of one type and reason on they are combined. Source: defaultAggregateMaxEvents."""
FORGOTTEN_AFTER = 600 * SECOND
"""Source: defaultAggregateIntervalInSeconds."""
COMBINED = "(combined from similar events): "


class Correlation:
    """The events that one component has told of one object."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, str], tuple[dict[str, None], Nanos]] = {}

    def said(self, kind: str, reason: str, message: str, now: Nanos) -> str:
        """Return the message an event is told with: its own, or as one of many similar ones."""
        messages, last = self._messages.get((kind, reason), ({}, now))
        if now - last > FORGOTTEN_AFTER:
            messages = {}
        messages[message] = None
        self._messages[kind, reason] = (messages, now)
        if len(messages) < SIMILAR:
            return message
        messages.pop(next(iter(messages)))
        return COMBINED + message
