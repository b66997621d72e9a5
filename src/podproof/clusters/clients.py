"""What the pods of the simulated cluster ask of its network; the time it takes passes."""

from podproof.cluster import NameAnswer
from podproof.proof import NotSoError
from podproof.simulator.control.kubelet.resolvers import resolver_of
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine.dns import Lookup, Resolver
from podproof.simulator.machine.performing import DNS_EXCHANGE
from podproof.simulator.model.dns_records import CLUSTER_DNS, NODATA, NOERROR
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import World


class SimulatedClients:
    """Asks as a program in a pod would, whatever is in the pod's image."""

    def __init__(self, world: World, namespace: str) -> None:
        self._world, self._namespace = world, namespace

    def resolve(self, pod: str, name: str) -> NameAnswer:
        """Ask a pod's resolver for the addresses of a name."""
        resolver, lookup = self._resolver(pod)
        answer = resolver.resolve(name, lookup)
        self._pass(len(answer.tried))
        code = answer.reply.code if answer.addresses or answer.reply.code != NOERROR else NODATA
        return NameAnswer(code, answer.addresses, answer.tried)

    def records(self, pod: str, name: str, kind: str) -> NameAnswer:
        """Ask a pod's name server for the records of a full name."""
        resolver, lookup = self._resolver(pod)
        answer = resolver.ask(name, kind, lookup)
        self._pass(1)
        found = tuple(f"{each.type} {each.data}" for each in answer.reply.records)
        return NameAnswer(answer.reply.code, found, answer.tried)

    def _resolver(self, pod: str) -> tuple[Resolver, Lookup]:
        found = resolver_of(self._pod(pod))
        network = self._world.network
        lookup = network.lookup if found.servers[:1] == (CLUSTER_DNS,) else network.outside
        return Resolver(found.servers, found.search, found.options), lookup

    def _pod(self, name: str) -> Object:
        response = self._world.handle(Request("get", "pods", self._namespace, name))
        if response.code != 200:
            ref = Ref("Pod", self._namespace, name)
            raise NotSoError(f'pod "{name}" can ask the network', "there is no such pod", subjects=(ref,))
        found: Object = response.body
        return found

    def _pass(self, exchanges: int) -> None:
        self._world.agenda.run_until(Nanos(self._world.now + exchanges * DNS_EXCHANGE))
