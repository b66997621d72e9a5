"""Volumes that live as long as their pod: a claim is made for each, and the pod owns it.

Source: pkg/controller/volume/ephemeral/controller.go, syncHandler, handleVolume;
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go, VolumeClaimName, VolumeIsForPod.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Create, Plan
from podproof.simulator.control.storage.facts import CLAIMS
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object


def own_claims(pod: Object) -> dict[str, Object]:
    """Return the templates of the claims a pod's ephemeral volumes need, by the claims' names."""
    volumes = pod["spec"].get("volumes") or ()
    name = pod["metadata"]["name"]
    return {f"{name}-{each['name']}": each["ephemeral"] for each in volumes if "ephemeral" in each}


def is_owned(claim: Object, pod: Object) -> bool:
    """Say whether a claim was made for a pod."""
    owners = claim["metadata"].get("ownerReferences") or ()
    return any(each.get("controller") and each["uid"] == pod["metadata"]["uid"] for each in owners)


def claim_for(pod: Object, name: str, volume: Object) -> dict[str, Any]:
    """Return the claim of a pod's ephemeral volume."""
    template = volume["volumeClaimTemplate"]
    meta = pod["metadata"]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "uid": meta["uid"], "controller": True}
    own = {"name": name, "namespace": meta["namespace"], "ownerReferences": [{**owner, "blockOwnerDeletion": True}]}
    kept = {key: template["metadata"][key] for key in ("labels", "annotations") if key in template.get("metadata", {})}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {**kept, **own}, "spec": template["spec"]}


class EphemeralVolumeController:
    """Makes the claims of pods that are new; what is there under such a name stays as it is."""

    def __init__(self, agenda: Agenda, client: Client, events: EventRecorder, pods: Informer, claims: Informer) -> None:
        self._pods, self._claims = pods, claims
        self._of_pods = Controller(agenda, client, events, self._pod, span("control", "work"))
        pods.on_change(self._pod_changed)
        for pod in pods.list():
            self._pod_changed(None, pod)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None and old is None and own_claims(new):
            self._of_pods.add(new)

    def _pod(self, key: Key) -> Plan:
        pod = self._pods.get(*key)
        return Plan(tuple(self._missing(pod))) if pod is not None else Plan()

    def _missing(self, pod: Object) -> Iterator[Create]:
        if "deletionTimestamp" in pod["metadata"]:
            return
        for name, volume in own_claims(pod).items():
            if self._claims.get(pod["metadata"]["namespace"], name) is None:
                yield Create(CLAIMS, claim_for(pod, name, volume))
