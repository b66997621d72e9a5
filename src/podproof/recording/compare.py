"""Where one recording differs from another: the same story to the letter, at about the same times.

Rules for editing: what a real cluster shows differently from run to run is tolerated, and nothing else; each tolerance
says why. A recording is compared with all runs of the other, for each is as true as the next.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podproof.recording.normalise import told_by_order

_RUNTIME_WORDS = re.compile(r"^(Failed to pull image \"[^\"]*\":).*", re.DOTALL)

Run = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a time may lie from that of some run: the kubelet's own jitter is up to half, never less than a relist.

    An event's time is printed in whole seconds, which moves it by another one.
    """

    seconds: float = 1.5
    share: float = 0.3

    def of(self, time: float) -> float:
        """Return how far from `time` is near enough."""
        return max(self.seconds, self.share * abs(time))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. `time` is in seconds, None where there is none."""

    where: str
    time: float | None
    wanted: str
    seen: str

    def __str__(self) -> str:
        when = "" if self.time is None else f" at {self.time:g} s"
        return f"{self.where}{when}: wanted {self.wanted}, seen {self.seen}"


def compare(wanted: Row, seen: Row, tolerance: Tolerance | None = None) -> list[Difference]:
    """Return where each run of `seen` differs from all runs of `wanted`; empty where nothing does."""
    given = _given_names(wanted)
    allowed = tolerance or Tolerance()
    models = [told_by_order(run, given) for run in wanted["runs"]]
    found: list[Difference] = []
    for run in seen["runs"]:
        found.extend(_Comparison(models, told_by_order(run, given), float(wanted["duration"]), allowed).differences())
    return found


def _given_names(scenario: Row) -> frozenset[str]:
    items = [each["apply"] for each in scenario["steps"] if "apply" in each]
    flat = [item for each in items for item in (each if isinstance(each, list) else [each])]
    return frozenset(str(item["metadata"].get("name", "")) for item in flat)


class _Comparison:
    """One run against the runs it may be like."""

    def __init__(self, models: Sequence[Run], run: Run, duration: float, tolerance: Tolerance) -> None:
        self._models, self._run, self._duration, self._tolerance = models, run, duration, tolerance

    def differences(self) -> list[Difference]:
        """Return all differences from the model that is nearest, and times that are near none."""
        tellings = [list(self._told(model)) for model in self._models]
        nearest = min(range(len(tellings)), key=lambda place: len(tellings[place]))
        return [*tellings[nearest], *self._times(), *self._events()]

    def _told(self, model: Run) -> Iterator[Difference]:
        yield from _responses(model["responses"], self._run["responses"])
        for name in dict.fromkeys((*model["timelines"], *self._run["timelines"])):
            wanted, seen = model["timelines"].get(name), self._run["timelines"].get(name)
            if wanted is None or seen is None:
                yield Difference(name, None, _begun(wanted), _begun(seen))
            else:
                yield from _timeline(name, wanted, seen)
        yield from _log_refusals(model["logs"], self._run["logs"])

    def _times(self) -> Iterator[Difference]:
        """Each step of a pod's story has a time near that of some run whose story is the same so far."""
        for name, rows in self._run["timelines"].items():
            groups = _groups(name, rows)
            stories = [_groups(name, each) for model in self._models if (each := model["timelines"].get(name))]
            for place, group in enumerate(groups):
                same = [each for each in stories if _told_alike(each, groups, place)]
                times = [float(each[place][0]["t"]) for each in same]
                time = float(group[0]["t"])
                if times and not any(abs(time - each) <= self._tolerance.of(each) for each in times):
                    about = " or ".join(f"{each:g}" for each in sorted(set(times)))
                    yield Difference(f"{name}: time of {_shown(group[0])}", time, f"about {about} s", f"{time:g} s")

    def _events(self) -> Iterator[Difference]:
        """What all runs have must be there, what none has must not; counts and times are near those of some run."""
        tables = [_event_table(model["events"]) for model in self._models]
        seen = _event_table(self._run["events"])
        for key in dict.fromkeys(key for table in tables for key in table):
            if all(key in table for table in tables) and key not in seen:
                firsts = [_time(table[key]) for table in tables]
                if not any(self._may_be_cut(first) for first in firsts):
                    yield Difference(_event(key), min(firsts), "the event", "none")
        for key, row in seen.items():
            models = [table[key] for table in tables if key in table]
            if models:
                yield from self._event_numbers(key, row, models)
            elif not self._may_be_cut(_time(row)):
                yield Difference(_event(key), _time(row), "no such event", f"{row['count']} of it")

    def _may_be_cut(self, time: float) -> bool:
        """Say whether the recording's end may have cut something off that comes at about this time."""
        return time + self._tolerance.of(time) + 1 >= self._duration

    def _event_numbers(self, key: tuple[str, ...], row: Row, models: Sequence[Row]) -> Iterator[Difference]:
        """A count follows how often a pod was synced or restarted before the end, which the same jitter moves."""
        first, counts = _time(row), [int(each["count"]) for each in models]
        if not any(abs(int(row["count"]) - each) <= max(1, self._tolerance.share * each) for each in counts):
            yield Difference(_event(key), None, f"about {_either(counts)} times", f"{row['count']} times")
        firsts = [_time(each) for each in models]
        if not any(abs(first - each) <= self._tolerance.of(each) + 1 for each in firsts):
            yield Difference(f"{_event(key)}: first time", first, f"about {_either(firsts)} s", f"{first:g} s")


def _begun(rows: Sequence[Row] | None) -> str:
    return "nothing of it" if rows is None else f"it from {rows[0]['t']:g} s on"


def _either(numbers: Sequence[float]) -> str:
    return " or ".join(f"{each:g}" for each in sorted(set(numbers)))


def _responses(wanted: Sequence[Row], seen: Sequence[Row]) -> Iterator[Difference]:
    if len(wanted) != len(seen):
        yield Difference("responses", None, f"{len(wanted)}", f"{len(seen)}")
    for one, other in zip(wanted, seen, strict=False):
        for key in dict.fromkeys((*one, *other)):
            if key != "t" and one.get(key) != other.get(key):
                where = f"response to {_action(one)}: {key}"
                yield Difference(where, one["t"], _text(one.get(key)), _text(other.get(key)))


def _action(response: Row) -> str:
    return next((f"{key} {value}" for key, value in response.items() if key not in ("t", "status", "response")), "?")


def _timeline(name: str, wanted: Sequence[Row], seen: Sequence[Row]) -> Iterator[Difference]:
    """The sequence up to the end of the shorter one; at its first difference the rest is another story."""
    one, other = _groups(name, wanted), _groups(name, seen)
    shorter = min(len(one), len(other))
    for place in range(shorter):
        model, group = one[place], other[place]
        if _told(name, model[0]) != _told(name, group[0]):
            yield Difference(name, group[0]["t"], _after(one, place), _after(other, place))
            return
        last = place == shorter - 1
        yield from _details(name, model, group, any_version=last)


def _groups(name: str, rows: Sequence[Row]) -> list[list[Row]]:
    """Return a timeline's rows, those of one telling together."""
    groups: list[list[Row]] = []
    for row in _settled(rows) if name.startswith(_COUNTED) else rows:
        if groups and _told(name, groups[-1][0]) == _told(name, row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


_COUNTED = ("Deployment/", "ReplicaSet/", "StatefulSet/", "Job/")
"""Kinds whose status counts pods: how many at a time is the moment's, where the count comes to rest is not."""
_REST = 1.5
"""Seconds without another version; a Job is looked at once a second."""


def _settled(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that stayed for a while, and of those that did not the conditions, where only they had them."""
    kept: list[Row] = []
    for place in reversed(range(len(rows))):
        row = rows[place]
        if place + 1 == len(rows) or float(rows[place + 1]["t"]) - float(row["t"]) >= _REST:
            kept.append(row)
        elif row.get("conditions") != kept[-1].get("conditions"):
            kept.append({"t": row["t"], "conditions": row.get("conditions")})
    return kept[::-1]


def _told(name: str, row: Row) -> tuple[Any, ...]:
    """Return what a row tells: READY, STATUS and RESTARTS of a pod, everything of other kinds."""
    if name.startswith("Pod/"):
        return (row.get("ready"), row.get("status"), row.get("restarts"), row.get("deleted"))
    return tuple(sorted((key, _text(value)) for key, value in row.items() if key != "t"))


def _told_alike(story: Sequence[Sequence[Row]], groups: Sequence[Sequence[Row]], place: int) -> bool:
    if len(story) <= place:
        return False
    return all(_story_of(one) == _story_of(other) for one, other in zip(story[: place + 1], groups, strict=False))


def _story_of(group: Sequence[Row]) -> Any:
    row = group[0]
    return _told("Pod/" if "phase" in row or "deleted" in row else "", row)


def _after(groups: Sequence[Sequence[Row]], place: int) -> str:
    before = f", after {_shown(groups[place - 1][0])}" if place else ""
    return f"{_shown(groups[place][0])}{before}"


def _shown(row: Row) -> str:
    if row.get("deleted"):
        return "deletion"
    if "phase" in row:
        return f"{row.get('ready')} {row.get('status')} {row.get('restarts')}"
    return _text({key: value for key, value in row.items() if key != "t"})


def _details(name: str, model: Sequence[Row], group: Sequence[Row], *, any_version: bool) -> Iterator[Difference]:
    """What does not stand in the columns, as each telling ends; the last may be cut off before its end."""
    seen = group[-1]
    choices = model if any_version else model[-1:]
    tellings = [list(_detail(name, each, seen)) for each in choices]
    if any_version:
        tellings += [list(_detail(name, model[-1], each)) for each in group]
    yield from min(tellings, key=len)


def _detail(name: str, model: Row, seen: Row) -> Iterator[Difference]:
    if not name.startswith("Pod/"):
        return
    flat_model, flat_seen = dict(_facts(model)), dict(_facts(seen))
    for key in dict.fromkeys((*flat_model, *flat_seen)):
        one, other = flat_model.get(key), flat_seen.get(key)
        if one != other:
            yield Difference(f"{name} {_shown(seen)}: {key}", seen["t"], _text(one), _text(other))


def _facts(row: Row) -> Iterator[tuple[str, Any]]:
    for key in ("phase", "reason", "qos", "has_ip", "deleting"):
        if key in row:
            yield key, row[key]
    for kind, told in (row.get("conditions") or {}).items():
        yield f"condition {kind}", told[:2]
    for group in ("init", "containers"):
        for container, status in (row.get(group) or {}).items():
            for key in ("state", "reason", "exitCode", "signal", "restarts", "ready", "started", "last"):
                if key in status:
                    yield f"container {container} {key}", status[key]


def _log_refusals(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> Iterator[Difference]:
    """Only the API's refusals are compared: what programs print is the images' own, and differs by their versions."""
    for key in dict.fromkeys((*wanted, *seen)):
        one, other = _refused(wanted.get(key)), _refused(seen.get(key))
        if one != other and (isinstance(one, Mapping) or isinstance(other, Mapping) or one is None or other is None):
            yield Difference(f"log {key}", None, _text(one), _text(other))


def _refused(log: Any) -> Any:
    """Return a refusal; whether a pull is failing or being waited for at the end is a matter of the moment."""
    if isinstance(log, Mapping) and " is waiting to start: " in str(log.get("message")):
        return {**log, "message": str(log["message"]).partition(" is waiting to start: ")[0]}
    return log


def _event_table(events: Sequence[Row]) -> dict[tuple[str, ...], Row]:
    """Return events by what they say; why a pull failed is told in the words of the runtime and the registry there."""
    table: dict[tuple[str, ...], Row] = {}
    for each in events:
        words = {**each, "message": _RUNTIME_WORDS.sub(r"\1 …", str(each.get("message")))}
        key = tuple(str(words.get(field) or "") for field in ("type", "reason", "message", "object", "fieldPath"))
        known = table.get(key)
        table[key] = each if known is None else {**known, "count": known["count"] + each["count"]}
    return table


def _event(key: tuple[str, ...]) -> str:
    kind, reason, message, about, _ = key
    return f"event {kind} {reason} of {about} ({message[:120]})"


def _time(event: Row) -> float:
    return float(event.get("first") or 0)


def _text(value: Any) -> str:
    """Return a value as text, a mapping in the order of its keys: theirs is nobody's story."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_text(each)}" for key, each in sorted(value.items())) + "}"
    return "none" if value is None else str(value)
