"""What a KubeSchedulerConfiguration says of profiles.

Source: staging/src/k8s.io/kube-scheduler/config/v1/types.go, types_pluginargs.go;
pkg/scheduler/apis/config/v1/default_plugins.go, mergePlugins; defaults.go.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podproof.errors import NotModelledError, PodproofError
from podproof.simulator.control.scheduling.amounts import Scoring
from podproof.simulator.control.scheduling.asking import NodeTerm
from podproof.simulator.control.scheduling.profiles import DEFAULT, FILTERS, WEIGHTS, ProfileSpec

_VERSION = "kubescheduler.config.k8s.io/v1"
_FILTER_POINTS, _SCORE_POINTS = ("multiPoint", "preFilter", "filter"), ("multiPoint", "preScore", "score")
_PREEMPTION = "DefaultPreemption"
_KNOWN = frozenset((*FILTERS, *WEIGHTS, _PREEMPTION, "PrioritySort", "SchedulingGates", "DefaultBinder"))
_ARGS: Mapping[str, frozenset[str]] = {
    "NodeResourcesFit": frozenset({"scoringStrategy"}),
    "InterPodAffinity": frozenset({"hardPodAffinityWeight"}),
    "NodeAffinity": frozenset({"addedAffinity"}),
    "PodTopologySpread": frozenset({"defaultingType", "defaultConstraints"}),
}
"""The arguments of plugins that are read."""


class SchedulerConfigurationError(PodproofError, ValueError):
    """A configuration of the scheduler is none; `faults` are all that is wrong with it."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "the scheduler's configuration: " + "; ".join(self.faults)


def read(document: Any) -> tuple[ProfileSpec, ...]:
    """Return the profiles of a configuration.

    Raises:
        SchedulerConfigurationError: it is no such configuration, or names what there is not.
        NotModelledError: it asks a plugin for something that is not modelled.
    """
    faults = tuple(_faults(document))
    if faults:
        raise SchedulerConfigurationError(faults)
    profiles: Sequence[Mapping[str, Any]] = document.get("profiles") or ({},)
    return tuple(_profile(each) for each in profiles)


def _faults(document: Any) -> Iterator[str]:
    if not isinstance(document, Mapping):
        yield "it is no mapping"
        return
    said = document.get("apiVersion"), document.get("kind")
    if said != (_VERSION, "KubeSchedulerConfiguration"):
        yield f"it is a KubeSchedulerConfiguration of {_VERSION}; this says {said[1]} of {said[0]}"
    profiles: Sequence[Mapping[str, Any]] = document.get("profiles") or ()
    names = [each.get("schedulerName", DEFAULT) for each in profiles]
    yield from (f'two profiles are called "{name}"' for name in dict.fromkeys(names) if names.count(name) > 1)
    for profile in profiles:
        for point, chosen in (profile.get("plugins") or {}).items():
            named = [row["name"] for key in ("enabled", "disabled") for row in chosen.get(key) or ()]
            unknown = [each for each in named if each not in _KNOWN and each != "*"]
            yield from (f'{point}: there is no plugin "{each}"' for each in unknown)


def _profile(document: Mapping[str, Any]) -> ProfileSpec:
    plugins = document.get("plugins") or {}
    args = {each["name"]: each.get("args") or {} for each in document.get("pluginConfig") or ()}
    _refuse_others(plugins, args)
    filters, weights = dict.fromkeys(FILTERS, 1), dict(WEIGHTS)
    for point in _FILTER_POINTS:
        filters = _chosen(filters, plugins.get(point) or {}, FILTERS)
    for point in _SCORE_POINTS:
        weights = _chosen(weights, plugins.get(point) or {}, WEIGHTS)
    preempts = {_PREEMPTION: 1}
    for point in ("multiPoint", "postFilter"):
        preempts = _chosen(preempts, plugins.get(point) or {}, (_PREEMPTION,))
    return ProfileSpec(
        document.get("schedulerName", DEFAULT),
        frozenset(filters),
        weights,
        bool(preempts),
        _scoring(args.get("NodeResourcesFit", {})),
        args.get("InterPodAffinity", {}).get("hardPodAffinityWeight", 1),
        _added(args.get("NodeAffinity", {})),
        _spreads(args.get("PodTopologySpread", {})),
    )


def _refuse_others(plugins: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    points = {*_FILTER_POINTS, *_SCORE_POINTS, "postFilter"}
    others = [each for each in plugins if each not in points]
    told = ((name, key) for name, said in args.items() for key in said if key not in ("apiVersion", "kind"))
    others += [f"{name}.{key}" for name, key in told if key not in _ARGS.get(name, ())]
    if others:
        raise NotModelledError(f"{', '.join(others)} of a profile", "the scheduler's configuration")


def _chosen(known: Mapping[str, int], point: Mapping[str, Any], possible: Any) -> dict[str, int]:
    """Return the plugins of one point: those there were, without the disabled ones, with the enabled ones."""
    gone = {row["name"] for row in point.get("disabled") or ()}
    kept = {} if "*" in gone else {name: weight for name, weight in known.items() if name not in gone}
    usual: Mapping[str, int] = possible if isinstance(possible, Mapping) else {}
    added = {row["name"]: row.get("weight") or usual.get(row["name"], 1) for row in point.get("enabled") or ()}
    return {**kept, **{name: weight for name, weight in added.items() if name in possible}}


def _scoring(args: Mapping[str, Any]) -> Scoring | None:
    strategy = args.get("scoringStrategy") or {}
    kind = strategy.get("type", "LeastAllocated")
    if kind not in ("LeastAllocated", "MostAllocated"):
        raise NotModelledError(f"the scoring strategy {kind}", "the scheduler's configuration")
    if kind == "LeastAllocated" and not strategy.get("resources"):
        return None
    rows: Sequence[Mapping[str, Any]] = strategy.get("resources") or ({"name": "cpu"}, {"name": "memory"})
    return Scoring(kind == "MostAllocated", tuple((row["name"], row.get("weight") or 1) for row in rows))


def _added(args: Mapping[str, Any]) -> tuple[NodeTerm, ...] | None:
    affinity = args.get("addedAffinity") or {}
    if affinity.get("preferredDuringSchedulingIgnoredDuringExecution"):
        raise NotModelledError("preferences of an addedAffinity", "the scheduler's configuration")
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return tuple(NodeTerm.of(term) for term in required["nodeSelectorTerms"]) if required else None


def _spreads(args: Mapping[str, Any]) -> tuple[tuple[str, int, bool], ...] | None:
    if args.get("defaultingType", "System" if "defaultConstraints" not in args else "List") == "System":
        return None
    rows = args.get("defaultConstraints") or ()
    return tuple((row["topologyKey"], row["maxSkew"], row["whenUnsatisfiable"] == "DoNotSchedule") for row in rows)
