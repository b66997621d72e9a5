"""The persistent volume controller and the protection controllers, wired to their informers."""

from collections.abc import Iterator
from dataclasses import replace

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.storage import claims, volumes
from podproof.simulator.control.storage.facts import is_bound_to
from podproof.simulator.control.storage.protection import release_claim, release_volume, uses
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.storage_classes import default_class
from podproof.simulator.model.times import seconds

RESYNC = seconds(15)
"""How often every claim and volume is looked at again.

Source: pkg/controller/volume/persistentvolume/config/v1alpha1/defaults.go, PVClaimBinderSyncPeriod.
"""


class PersistentVolumeController:
    """Reconciles claims and volumes whenever they change, and all of them from time to time."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        claims: Informer,
        volumes: Informer,
        classes: Informer,
        pods: Informer,
    ) -> None:
        self._agenda, self._claims, self._volumes, self._classes, self._pods = agenda, claims, volumes, classes, pods
        work = span("control", "work")
        self._of_claims = Controller(agenda, client, events, self._claim, work)
        self._of_volumes = Controller(agenda, client, events, self._volume, work)
        claims.on_change(self._claim_changed)
        volumes.on_change(self._volume_changed)
        pods.on_change(self._pod_changed)
        agenda.after(RESYNC, self._resync)

    def _resync(self) -> None:
        """Look at everything again; only where something is there is the next time worth waiting for."""
        for claim in self._claims.list():
            self._of_claims.add(claim)
        for volume in self._volumes.list():
            self._of_volumes.add(volume)
        self._agenda.after(RESYNC, self._resync)

    def _claim_changed(self, old: Object | None, new: Object | None) -> None:
        claim = new or old
        assert claim is not None
        if new is not None:
            self._of_claims.add(new)
        name = claim["spec"].get("volumeName")
        if name:
            self._of_volumes.add_key(("", name))

    def _volume_changed(self, old: Object | None, new: Object | None) -> None:
        """Look at the volume, and at the claim it names, which may have waited for it."""
        if new is not None:
            self._of_volumes.add(new)
        named = (new or old or {})["spec"].get("claimRef")
        if named and (new is None or new["spec"].get("claimRef") != (old or {"spec": {}})["spec"].get("claimRef")):
            self._of_claims.add_key((named["namespace"], named["name"]))

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Look again at claims on their way out when a pod that used them ends or goes."""
        pod = new or old
        assert pod is not None
        if not pod["spec"].get("volumes") or (new is not None and (old is None or old["status"] is new["status"])):
            return
        for claim in self._claims.list(pod["metadata"]["namespace"]):
            if "deletionTimestamp" in claim["metadata"] and uses(pod, claim["metadata"]["name"]):
                self._of_claims.add(claim)

    def _claim(self, key: Key) -> Plan:
        claim = self._claims.get(*key)
        if claim is None:
            return Plan()
        if "deletionTimestamp" in claim["metadata"]:
            return release_claim(claim, self._users(claim))
        found = list(self._volumes.list())
        now = self._agenda.now
        return claims.reconcile(
            claims.Look(claim, found, self._class, lambda: self._waiting(claim), now, self._default)
        )

    def _class(self, name: str) -> Object | None:
        return self._classes.get("", name)

    def _default(self) -> str | None:
        return default_class(self._classes.list())

    def _users(self, claim: Object) -> Iterator[Object]:
        for pod in self._pods.list(claim["metadata"]["namespace"]):
            if uses(pod, claim["metadata"]["name"]):
                yield pod

    def _waiting(self, claim: Object) -> Iterator[str]:
        for pod in self._users(claim):
            if not pod["spec"].get("nodeName"):
                yield pod["metadata"]["name"]

    def _volume(self, key: Key) -> Plan:
        volume = self._volumes.get(*key)
        if volume is None:
            return Plan()
        named = volume["spec"].get("claimRef") or {}
        claim = self._claims.get(named["namespace"], named["name"]) if named else None
        plan = volumes.reconcile(volume, claim, self._agenda.now)
        if claim is not None and is_bound_to(volume, claim) and not claim["spec"].get("volumeName"):
            self._of_claims.add(claim)
        freed = release_volume(volume)
        return replace(plan, commands=(*plan.commands, *freed.commands)) if not plan.commands else plan
