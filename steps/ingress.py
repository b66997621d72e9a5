"""The ways into a cluster: load balancers, ingress controllers, and what they show."""

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import at
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record


@says('a load balancer with the addresses "{addresses}"')
def a_load_balancer(cluster: Cluster, addresses: str) -> None:
    """It gives each Service of its type one of them; commas stand between."""
    cluster.outside.load_balancer([each.strip() for each in addresses.split(",")])


@says('an ingress controller of the class "{name}"')
def an_ingress_controller(cluster: Cluster, name: str) -> None:
    """It answers on port 80 and 443 of every node, for the Ingresses of this class."""
    cluster.outside.ingress_class(name)


@says('an ingress controller of the default class "{name}"')
def an_ingress_controller_by_default(cluster: Cluster, name: str) -> None:
    """Ingresses that name no class get this one when they are created."""
    cluster.outside.ingress_class(name, default=True)


@says('{kind:kind} "{name}" has the external address "{address}"')
def it_has_the_external_address(cluster: Cluster, kind: str, name: str, address: str, limit: Nanos) -> None:
    """Of a Service that of its load balancer, of an Ingress one where its controller answers."""
    ref = kinds.ref(cluster, kind, name)
    words = f'{kind.lower()} "{name}" has the external address "{address}"'

    def test(record: Record) -> tuple[bool, str]:
        found = record.latest(ref)
        points = [
            each.get("ip") or each.get("hostname") for each in at(found, "status", "loadBalancer", "ingress") or ()
        ]
        return address in points, f"its addresses: {', '.join(points) or 'none (pending)'}"

    prove(cluster, Becomes(words, (ref,), test, limit), limit)


@says('the certificate of "{url}" is that of secret "{name}"')
def the_certificate_is_of(cluster: Cluster, url: str, name: str) -> None:
    """Asked from outside, with TLS."""
    _shows(cluster, url, f"{cluster.namespace}/{name}", f'the certificate of "{url}" is that of secret "{name}"')


@says('the certificate of "{url}" is the ingress controller\'s own')
def the_certificate_is_the_controllers(cluster: Cluster, url: str) -> None:
    """As it is while the Secret that an Ingress names is not there, or has no certificate and key."""
    _shows(cluster, url, "the controller's own", f'the certificate of "{url}" is the ingress controller\'s own')


def _shows(cluster: Cluster, url: str, wanted: str, words: str) -> None:
    found = cluster.clients.request(None, url)
    if found.certificate != wanted:
        seen = f"it is {found.certificate}" if found.certificate else f"none is shown: {found.error or found.body}"
        raise NotSoError(words, seen)
