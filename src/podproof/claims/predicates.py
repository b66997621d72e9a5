"""What one version of an object may be said to show, in words and as a test.

Rules for editing: an object that is gone satisfies `GONE` and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from podproof.durations import spoken
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import SECOND, Nanos
from podproof.timeline import Version


@dataclass(frozen=True, slots=True)
class Predicate:
    """`verb` completes "the pod …": shows "Running". `test` asks one version, `tell` says what a version shows."""

    verb: str
    test: Callable[[Version], bool] = field(compare=False)
    tell: Callable[[Version], str] = field(compare=False)

    def holds(self, version: Version) -> bool:
        """Say whether a version satisfies it."""
        return self.test(version)

    def seen(self, version: Version) -> str:
        """Say what a version shows instead."""
        return "it is gone" if version.object is None else self.tell(version)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to an object, as a moment in a sentence: `words` is "service \\"mydb\\" existed"."""

    words: str
    ref: Ref
    predicate: Predicate


def _present(test: Callable[[Object], bool]) -> Callable[[Version], bool]:
    return lambda version: version.object is not None and test(version.object)


def shows(status: str) -> Predicate:
    """Say that the pod's STATUS column reads so."""
    return Predicate(
        f'shows "{status}"',
        lambda version: version.object is not None and version.pod.status == status,
        lambda version: f'it shows "{version.pod.status}"',
    )


def has_phase(phase: str) -> Predicate:
    """Say that the pod is in a phase."""
    return Predicate(
        f"is in phase {phase}",
        lambda version: version.object is not None and version.pod.phase == phase,
        lambda version: f'its phase is {version.pod.phase or "not set"}, it shows "{version.pod.status}"',
    )


def exited(container: str, code: int) -> Predicate:
    """Say that the last end of a container had an exit code."""
    return Predicate(
        f'has had container "{container}" exit with code {code}',
        lambda version: version.object is not None and version.pod.exit_codes.get(container) == code,
        lambda version: _exit_told(version, container),
    )


def _exit_told(version: Version, container: str) -> str:
    names = version.pod.statuses
    if container not in names:
        return f'it reports no container "{container}"; it reports {", ".join(names) or "none yet"}'
    code = version.pod.exit_codes.get(container)
    return f'container "{container}" ' + ("has not ended yet" if code is None else f"exited with code {code}")


def has(words: str, test: Callable[[Object], bool], tell: Callable[[Object], str] = lambda _: "") -> Predicate:
    """Say anything of a present object: `words` completes "the pod …", `tell` says what an object shows instead."""
    return Predicate(words, _present(test), lambda version: tell(version.object or {}) or "it does not")


EXISTS = Predicate("exists", lambda version: version.object is not None, lambda _: "it exists")
GONE = Predicate("is gone", lambda version: version.object is None, lambda _: "it is there")


def existed(ref: Ref) -> Happening:
    """Return the moment an object came to be."""
    return Happening(f"{named(ref)} existed", ref, EXISTS)


def showed(ref: Ref, status: str) -> Happening:
    """Return the moment a pod showed a status."""
    return Happening(f'{named(ref)} showed "{status}"', ref, shows(status))


def named(ref: Ref) -> str:
    """Return an object as a sentence names it: pod "foo"."""
    return f'{ref.kind.lower()} "{ref.name}"'


def after(moment: Nanos) -> str:
    """Return a moment of the record as texts write it: "+41.2 s", later "+1 hour 5 seconds"."""
    return f"+{round(moment / SECOND, 2):g} s" if moment < 1000 * SECOND else f"+{spoken(moment)}"
