"""How the simulated cluster asks a port of a pod, as `curl` on the pod's node would."""

import os

from podproof.cluster import Answer
from podproof.simulator.machine import http
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import World


def reach(world: World, pod: Object | None, port: int) -> Answer:
    """Return what `GET /` on a port of a pod answers; the time it takes passes."""
    address, node = at(pod, "status", "podIP"), at(pod, "status", "hostIP")
    if pod is None or not address:
        return Answer("", "there is no such pod" if pod is None else "the pod has no address yet")
    delivery = world.network.deliver(world.network.host(str(node)), str(address), port)
    world.agenda.run_until(Nanos(world.now + delivery.after))
    if delivery.serve is None:
        return Answer("", os.strerror(delivery.error))
    reply = delivery.serve(http.get(str(address)).text(), delivery.client)
    parsed = http.parse_response(reply)
    return Answer(reply if parsed is None else parsed.body)
