"""The metrics of the simulated cluster: what a scenario declares, for autoscalers to go by."""

from podproof.simulator.control.workloads.autoscaler.measurements import Target, Usage
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.quantities import parse
from podproof.simulator.world import World


class SimulatedMetrics:
    """What the metrics APIs of a world answer; each raises QuantityError for an amount that is none."""

    def __init__(self, world: World, namespace: str) -> None:
        self._measured, self._namespace = world.measured, namespace

    def use(self, of: Ref, resource: str, amount: str, *, container: str = "", shared: bool = False) -> None:
        """Let each pod of a workload use so much of a resource, or, `shared`, all that are ready together."""
        self._measured.use(_target(of), resource, container, Usage(parse(amount).milli_value, shared))

    def show(self, of: Ref, metric: str, amount: str) -> None:
        """Let a metric of each pod of a workload be so much."""
        self._measured.show(_target(of), metric, Usage(parse(amount).milli_value))

    def describe(self, of: Ref, metric: str, amount: str) -> None:
        """Let a metric of an object be so much."""
        self._measured.describe(_target(of), metric, parse(amount).milli_value)

    def announce(self, metric: str, amount: str) -> None:
        """Let a metric from outside be so much."""
        self._measured.announce(self._namespace, metric, parse(amount).milli_value)


def _target(of: Ref) -> Target:
    return of.namespace, of.kind, of.name
