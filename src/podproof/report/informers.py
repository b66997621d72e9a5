"""A run of informers as one would draw it: the stages one below the other, then what they did, one by one."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from podproof.cluster import Sight
from podproof.simulator.model.times import SECOND

_OF_INFORMERS = ("Reflector", "DeltaFIFO", "Indexer", "ring", "handler")
_PLAIN = "events"
"""The resource whose changes nobody waits for; it is drawn only where it is asked for."""


def drawn(seen: Sequence[Sight], wanted: Sequence[str] = ()) -> str:
    """Return the picture of each informer in what was seen; `wanted` are resources, without any all that had news."""
    parts = list(dict.fromkeys(each.part for each in seen if each.stage == "DeltaFIFO"))
    chosen = list(wanted) or [part for part in parts if part != _PLAIN]
    pictures = [*(line for part in chosen for line in (*_picture(part, seen), "")), *_run(seen, chosen)]
    return "\n".join(pictures).rstrip() + "\n" if chosen else "no informer had any news\n"


def _picture(part: str, seen: Sequence[Sight]) -> Iterator[str]:
    """Yield the stages of an informer, each with what passed it."""
    own = {stage: [each for each in seen if (each.part, each.stage) == (part, stage)] for stage in _OF_INFORMERS}
    told = own["Reflector"]
    lists = sum(each.what.startswith("list:") for each in told)
    watches = sum(each.what.startswith("watch from") for each in told)
    events = sum(each.what.split()[0].isupper() for each in told)
    yield f"The informer of {part}"
    yield ""
    yield "  API server"
    opened = f"{_counted(lists, 'list')}, {_counted(watches, 'watch', 'es')}" if watches else "one watch, all along"
    yield f"      │  {opened}, {_counted(events, 'event')}"
    yield "      ▼"
    yield f"  Reflector        {told[-1].what if told else 'nothing yet'}"
    yield "      ▼"
    yield f"  DeltaFIFO        {_popped(own['DeltaFIFO'])}"
    yield "      │"
    yield f"      ├──▶ Indexer {_known(own['Indexer'])}"
    yield "      ▼"
    yield f"  ring             {_waiting(own['ring'])}"
    yield "      ▼"
    yield f"  handlers         {_handlers(own['handler'])}"
    yield "      ▼"
    yield f"  work queues      {_queues(part, seen)}"


def _run(seen: Sequence[Sight], parts: Sequence[str]) -> Iterator[str]:
    """Yield what happened, moment by moment; queues and rules belong to every part."""
    resources = {each.part for each in seen if each.stage in _OF_INFORMERS}
    own = (each for each in seen if each.part in parts or each.part not in resources)
    for moment, group in groupby(own, key=lambda each: each.at):
        head = f"+{moment / SECOND:.3f} s"
        for each in group:
            yield f"{head:>12}  {each.part:<24}{each.stage:<11}{each.what}"
            head = ""


def _popped(popped: Sequence[Sight]) -> str:
    folded = sum("," in each.what for each in popped)
    return f"{_counted(len(popped), 'key')} handed on, {folded} of them with several deltas"


def _known(changes: Sequence[Sight]) -> str:
    return changes[-1].what.rpartition("(")[2].rstrip(")") if changes else "nothing changed"


def _waiting(written: Sequence[Sight]) -> str:
    return written[-1].what if written and " wait)" in written[-1].what else "nothing waits"


def _handlers(called: Sequence[Sight]) -> str:
    counts: dict[str, int] = {}
    for each in called:
        for name in each.what.partition(": ")[2].split(", "):
            counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none was called"


def _queues(part: str, seen: Sequence[Sight]) -> str:
    """Return the queues that got a key in the moments in which this informer's handlers were called."""
    called = {each.at for each in seen if (each.part, each.stage) == (part, "handler")}
    counts: dict[str, int] = {}
    for each in seen:
        if each.stage == "work queue" and each.at in called:
            counts[each.part] = counts.get(each.part, 0) + 1
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "no key was added"


def _counted(count: int, what: str, plural: str = "s") -> str:
    return f"{count} {what}{'' if count == 1 else plural}"
