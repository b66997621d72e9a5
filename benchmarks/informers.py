"""Informers: what an event costs however many objects are known, and a controller of a kind that somebody defined."""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

from benchmarks.figures import Figure
from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Create, Outcome, Plan, UpdateStatus
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.kernel.requests import OnEvent, Watch, WatchEvent
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

_KIND, _RESOURCE = "CronTab", "crontabs.stable.example.com"
_SIZES = (100, 1_000, 10_000, 100_000)
_EVENTS, _ROUNDS = 1_000, 9


def figures() -> Iterator[Figure]:
    """Measure informers."""
    costs = {size: cost(size) for size in _SIZES}
    least = costs[_SIZES[0]]
    for size in _SIZES[1:]:
        note = f"{1e6 * costs[size]:.2f} us an event"
        yield Figure(
            f"an event where {size:,} objects are known beside one where 100 are", costs[size] / least, 2, "times", note
        )
    yield Figure(
        "1,000 custom objects, created until a controller has made what each asks for", reconciled(1_000), 3, "s"
    )


class Things:
    """A server of so many things, which only an informer asks."""

    resource = "things"

    def __init__(self, count: int) -> None:
        self._things = [_thing(number, 1) for number in range(count)]
        self.push: OnEvent = lambda _: None

    def list(self) -> tuple[list[Object], str]:
        """Return all things."""
        return list(self._things), "1"

    def watch(self, since: str) -> Watch:
        """Let `push` be what events go into."""
        return Watch(self._begin)

    def _begin(self, on_event: OnEvent) -> Callable[[], None]:
        self.push = on_event
        return lambda: None


def cost(known: int) -> float:
    """Return what an event costs (s of processor time), from the watch to a handler, with so many objects known."""
    agenda, server, told = Agenda(Nanos(0)), Things(known), list[Object | None]()
    informer = Informer(agenda, server, Nanos(1), Chance("seed"))
    informer.add_index("app", lambda item: (item["metadata"]["labels"]["app"],))
    informer.on_change(lambda _, new: told.append(new))
    informer.start()
    agenda.run_until(Nanos(10))
    return median(_round(agenda, server, known, number) for number in range(_ROUNDS))


def _round(agenda: Agenda, server: Things, known: int, number: int) -> float:
    events = [WatchEvent("MODIFIED", _thing(each % known, number + 2)) for each in range(_EVENTS)]
    began = process_time()
    for event in events:
        server.push(event)
        agenda.step()
    return (process_time() - began) / _EVENTS


def _thing(number: int, version: int) -> dict[str, Any]:
    meta = {"name": f"t{number}", "namespace": "default", "uid": f"u{number}", "labels": {"app": f"a{number % 50}"}}
    return {"metadata": {**meta, "resourceVersion": str(version)}}


def reconciled(count: int) -> float:
    """Return the processor time (s) from the first custom object to the last one's status."""
    world = World()
    user = Client(world.handle, "kubectl")
    user.create("customresourcedefinitions.apiextensions.k8s.io", _definition())
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    operator = _Operator(world)
    began = process_time()
    for number in range(count):
        user.create(_RESOURCE, _cron_tab(number), "default")
    world.agenda.run_until(Nanos(world.now + seconds(60)))
    taken = process_time() - began
    done = [each for each in user.list(_RESOURCE, "default")[0] if (each.get("status") or {}).get("replicas") == 1]
    assert len(done) == count == operator.made
    return taken


class _Operator:
    """Makes a ConfigMap for each CronTab, and says so in its status."""

    def __init__(self, world: World) -> None:
        self._tabs, self.made = world.informers[_RESOURCE], 0
        client = Client(world.handle, "system:serviceaccount:default:operator")
        events = EventRecorder(client, world.agenda, "operator")
        controller = Controller(world.agenda, client, events, self._reconcile, seconds(0.001))
        self._tabs.on_change(lambda _, new: controller.add(new) if new is not None else None)

    def _reconcile(self, key: Key) -> Plan:
        tab = self._tabs.get(*key)
        if tab is None or tab.get("status"):
            return Plan()
        meta = {"name": key[1], "namespace": key[0]}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"spec": tab["spec"]["cronSpec"]}}
        return Plan((Create("configmaps", body),), then=lambda outcome: self._told(tab, outcome))

    def _told(self, tab: Object, outcome: Outcome) -> Plan:
        self.made += len(outcome.created)
        return Plan((UpdateStatus(_RESOURCE, {**tab, "status": {"replicas": 1}}),))


def _cron_tab(number: int) -> dict[str, Any]:
    spec = {"cronSpec": "* * * * */5", "image": "my-awesome-cron-image", "replicas": 1}
    return {"apiVersion": "stable.example.com/v1", "kind": _KIND, "metadata": {"name": f"tab{number}"}, "spec": spec}


def _definition() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    spec = {"type": "object", "properties": {"cronSpec": text, "image": text, "replicas": number}}
    status = {"type": "object", "properties": {"replicas": number}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": status}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    names = {"plural": "crontabs", "singular": "crontab", "kind": _KIND, "shortNames": ["ct"]}
    body = {"group": "stable.example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    meta = {"name": _RESOURCE}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta, "spec": body}
