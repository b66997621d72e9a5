"""Playing a scenario on the simulator, and what it showed as one run of a recording."""

from collections.abc import Iterator, Mapping
from typing import Any

from podproof.cluster import Applied
from podproof.clusters.simulated import SimulatedCluster
from podproof.configuration import Configuration, check
from podproof.manifests import Document, Manifest
from podproof.recording.normalise import Normalise
from podproof.recording.rows import rounded
from podproof.recording.scenario import Scenario, Step
from podproof.recording.shown import shown
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

_NAMESPACE = "podproof-scenario"
_AS_RECORDED = "Warn"
"""Scenarios are applied with what a server does unless a client asks for more; kubectl does."""
_CODES = {"created": 201}
_HERE = "podproof simulator (Kubernetes v1.36 behaviour on virtual time)"


def record(scenario: Scenario, configuration: Configuration | None = None, seed: str | None = None) -> dict[str, Any]:
    """Return the recording of a scenario: its own text, and one run of it.

    Raises:
        NotModelledError: the scenario asks for what the simulator does not model.
    """
    config = _configured(scenario, configuration or Configuration())
    cluster = SimulatedCluster(config, seed, namespace=_NAMESPACE, field_validation=_AS_RECORDED)
    try:
        run = _Run(scenario, cluster).played()
    finally:
        cluster.close()
    rest = {key: value for key, value in scenario.text.items() if key not in ("runs", "recorded_on")}
    return {**rest, "recorded_on": _HERE, "runs": [{"images_on_node": list(config.images_on_node), **run}]}


def _configured(scenario: Scenario, base: Configuration) -> Configuration:
    """Return the project's configuration with the scenario's own cluster in it."""
    known = {"nodes": "nodes", "registry": "registry", "images_on_node": "images-on-node"}
    given = {known.get(key, key): value for key, value in scenario.cluster.items()}
    if not given:
        return base
    own = check(given, f"{scenario.id}: cluster")
    return Configuration(
        base.images, base.unknown_images, own.registry, own.images_on_node, base.timeout, base.seed, own.nodes
    )


class _Run:
    """One play of a scenario; the first step is the moment all times count from."""

    def __init__(self, scenario: Scenario, cluster: SimulatedCluster) -> None:
        self._scenario, self._cluster = scenario, cluster
        self._record: Record = cluster.record()
        self._zero = Nanos(self._record.now - scenario.steps[0].at)
        self._responses: list[dict[str, Any]] = []

    def played(self) -> dict[str, Any]:
        """Do the steps, let the duration pass, and return what was shown."""
        for step in self._scenario.steps:
            self._pass_until(step.at)
            self._responses.extend(self._done(step))
        self._pass_until(self._scenario.duration)
        seen = shown(self._cluster, self._scenario.watch, self._zero)
        return {"responses": Normalise.of(self._record, _NAMESPACE).value(self._responses), **seen}

    def _pass_until(self, moment: Nanos) -> None:
        span = self._zero + moment - self._record.now
        if span > 0:
            self._cluster.pass_time(Nanos(span))

    def _done(self, step: Step) -> Iterator[dict[str, Any]]:
        if step.action == "apply":
            items = step.what if isinstance(step.what, list) else [step.what]
            documents = tuple(Document(item, self._scenario.id, 0) for item in items)
            for applied in self._cluster.apply(Manifest(self._scenario.id, documents)):
                yield self._response(step, applied)
        elif step.action == "patch":
            sub = step.what.get("sub") or ""
            yield self._response(step, self._cluster.patch(self._ref(step.what), step.what["body"], sub))
        elif step.action == "delete":
            grace = step.what.get("gracePeriodSeconds")
            yield self._response(step, self._cluster.delete(self._ref(step.what), grace))
        elif step.action == "kill_sandbox":
            yield self._on_host(step, step.what, int(self._cluster.hosts.kill_sandbox(step.what)))
        elif step.action == "static":
            faults = self._cluster.hosts.write_static_pod(
                step.what["file"], step.what["manifest"], step.what.get("node", "")
            )
            yield self._on_host(step, step.what["file"], len(faults))
        else:
            yield self._node_response(step)

    def _node_response(self, step: Step) -> dict[str, Any]:
        """Let the first node's kubelet stop or return, or let a cordoned node join."""
        nodes = self._cluster.nodes
        if step.action == "peer_node":
            nodes.join(step.what)
        elif step.what == "stops":
            nodes.stop(self._first_node())
        else:
            nodes.start(self._first_node())
        return self._on_host(step, step.what, 0)

    def _first_node(self) -> str:
        return str(self._cluster.list("Node")[0]["metadata"]["name"])

    def _on_host(self, step: Step, what: str, status: int) -> dict[str, Any]:
        return {"t": rounded(Nanos(self._record.now - self._zero), 3), step.action: what, "status": status}

    def _ref(self, what: Mapping[str, Any]) -> Ref:
        return Ref(what["kind"], self._cluster.namespace, what["name"])

    def _response(self, step: Step, applied: Applied) -> dict[str, Any]:
        row = {"t": rounded(Nanos(self._record.now - self._zero), 3), step.action: str(applied.ref)}
        if applied.refusal is None:
            return {**row, "status": _CODES.get(applied.outcome, 200)}
        refusal = applied.refusal
        told = {"reason": refusal.reason, "message": refusal.message, "causes": list(refusal.causes)}
        return {**row, "status": refusal.code, "response": told}
