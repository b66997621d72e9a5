"""What the kubelets say of the drivers on their nodes: the CSINode objects.

Source: pkg/volume/csi/nodeinfomanager/nodeinfomanager.go, installDriverToCSINode.
"""

from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Create, Plan, Update
from podproof.simulator.control.storage.drivers.driver import DriverSpec
from podproof.simulator.control.storage.facts import CSI_NODES
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object


class Registrar:
    """Registers every driver on every node, also on one that joins later."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventRecorder, nodes: Informer, csi_nodes: Informer
    ) -> None:
        self._nodes, self._csi_nodes = nodes, csi_nodes
        self._specs: list[DriverSpec] = []
        self._of_nodes = Controller(agenda, client, events, self._node, span("control", "work"))
        nodes.on_change(lambda old, new: self._of_nodes.add(new) if old is None and new is not None else None)

    def add(self, spec: DriverSpec) -> None:
        """Register one more driver."""
        self._specs.append(spec)
        for node in self._nodes.list():
            self._of_nodes.add(node)

    def _node(self, key: Key) -> Plan:
        node, known = self._nodes.get(*key), self._csi_nodes.get(*key)
        if node is None:
            return Plan()
        wanted = csi_node(node, self._specs)
        if known is None:
            return Plan((Create(CSI_NODES, wanted),))
        new = {**known, "spec": wanted["spec"], "metadata": {**known["metadata"], **wanted["metadata"]}}
        return Plan((Update(CSI_NODES, new),)) if new != known else Plan()


def csi_node(node: Object, specs: list[DriverSpec]) -> dict[str, Any]:
    """Return what a kubelet says of the drivers on its node."""
    meta = node["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": meta["name"], "uid": meta["uid"]}
    drivers = [_driver(meta["name"], spec) for spec in specs]
    own = {"name": meta["name"], "ownerReferences": [owner]}
    return {"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": own, "spec": {"drivers": drivers}}


def _driver(node: str, spec: DriverSpec) -> dict[str, Any]:
    limit = {} if spec.allocatable is None else {"allocatable": {"count": spec.allocatable}}
    return {"name": spec.name, "nodeID": node, "topologyKeys": list(spec.topology) or None, **limit}
