"""The eviction subresource: a pod is deleted, unless its disruption budget has something against it.

Source: pkg/registry/core/pod/storage/eviction.go, EvictionREST.Create, checkAndDecrement.
"""

from collections.abc import Callable
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.decoding import posted
from podproof.simulator.api.deletion import Deletion
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.write_options import is_dry
from podproof.simulator.kernel.requests import ApiError, Request
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_conditions import DISRUPTION, with_condition
from podproof.simulator.model.selectors import matches
from podproof.simulator.model.times import Nanos, timestamp

BUDGETS = "poddisruptionbudgets.policy"
_UNGUARDED = ("Failed", "Succeeded", "Pending")
_MOST_DISRUPTED = 2000
_ALLOWED = "DisruptionAllowed"
_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."


class Evicting:
    """Evicts pods of one store."""

    def __init__(self, store: Store, now: Callable[[], Nanos], deletion: Deletion) -> None:
        self._store, self._now, self._deletion = store, now, deletion

    def evict(self, request: Request, resource: Resource, pod: Object) -> Object:
        """Delete a pod if its budget allows it, and answer as the server does.

        Raises:
            ApiError: 429, it does not; 500, it has several; 400, the request is about another pod.
        """
        body = posted("Eviction", request)
        if (at(body, "metadata", "name") or "") != request.name:
            raise statuses.bad_request("name in URL does not match name in Eviction object")
        options = dict(body.get("deleteOptions") or {})
        if is_dry(request):
            options["dryRun"] = ["All"]
        dry = bool(options.get("dryRun"))
        if not _is_unguarded(pod):
            self._ask_budget(pod, dry=dry)
        if not dry:
            pod = self._store.put(resource.storage, _disrupted(pod, timestamp(self._now())))
        self._deletion.delete(request._replace(verb="delete", subresource="", body=options), resource, pod)
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

    def _ask_budget(self, pod: Object, *, dry: bool) -> None:
        meta = pod["metadata"]
        labels = meta.get("labels") or {}
        budgets = [
            each
            for each in self._store.list(BUDGETS, meta["namespace"])
            if matches(each["spec"].get("selector"), labels)
        ]
        if len(budgets) > 1:
            why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            raise statuses.failure(500, "", why)
        if not budgets or _lets_unhealthy_go(budgets[0], pod):
            return
        _check(budgets[0])
        if not dry:
            self._store.put(BUDGETS, _with_disruption(budgets[0], meta["name"], timestamp(self._now())))


def _is_unguarded(pod: Object) -> bool:
    return at(pod, "status", "phase") in _UNGUARDED or "deletionTimestamp" in pod["metadata"]


def _lets_unhealthy_go(budget: Object, pod: Object) -> bool:
    """Say whether a pod that is not ready may go without being counted."""
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in at(pod, "status", "conditions") or ())
    if ready:
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    desired = status.get("desiredHealthy", 0)
    return bool(status.get("currentHealthy", 0) >= desired > 0)


def _check(budget: Object) -> None:
    """Refuse an eviction that a budget does not allow.

    Raises:
        ApiError: 429 or 403.
    """
    name, status = budget["metadata"]["name"], budget.get("status") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        raise _refusal(f"The disruption budget {name} is still being processed by the server.", 10)
    allowed = status.get("disruptionsAllowed", 0)
    if allowed < 0:
        raise _forbidden(name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or ()) > _MOST_DISRUPTED:
        raise _forbidden(name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
    if allowed == 0:
        raise _refusal(f"The disruption budget {name} {_why_not(status)}", 0)


def _why_not(status: Object) -> str:
    """Return what keeps a budget from letting any pod go."""
    rows = (each for each in status.get("conditions") or () if each["type"] == _ALLOWED)
    condition = next((each for each in rows if each["status"] == "False" and each.get("message")), None)
    if condition is not None and condition["reason"] == "SyncFailed":
        return f"does not allow evicting pods currently because it failed sync: {condition['message']}"
    needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    if has <= needs:
        return f"needs {needs} healthy pods and has {has} currently"
    told = f" ({condition['reason']}): {condition['message']}" if condition is not None else ""
    return f"does not allow evicting pods currently{told}"


def _refusal(why: str, retry_after: int) -> ApiError:
    details: dict[str, Any] = {"causes": [{"reason": "DisruptionBudget", "message": why}]}
    if retry_after:
        details["retryAfterSeconds"] = retry_after
    return statuses.failure(429, "TooManyRequests", _REFUSED, details)


def _forbidden(name: str, why: str) -> ApiError:
    details = {"name": name, "group": "policy", "kind": "poddisruptionbudget"}
    return statuses.failure(403, "Forbidden", f'poddisruptionbudget.policy "{name}" is forbidden: {why}', details)


def _with_disruption(budget: Object, pod: str, now_text: str) -> Object:
    """Return a budget that knows of one more pod that goes; its controller takes the entry away once it has gone."""
    status = budget.get("status") or {}
    left = status["disruptionsAllowed"] - 1
    new = {
        **status,
        "disruptionsAllowed": left,
        "disruptedPods": {**(status.get("disruptedPods") or {}), pod: now_text},
    }
    if not left:
        new["conditions"] = _exhausted(budget, status.get("conditions") or (), now_text)
    return {**budget, "status": new}


def _exhausted(budget: Object, conditions: Any, now_text: str) -> list[Object]:
    known = next((each for each in conditions if each["type"] == _ALLOWED), None)
    same = known is not None and known["status"] == "False"
    condition = {
        "type": _ALLOWED,
        "status": "False",
        "observedGeneration": budget["metadata"].get("generation", 0),
        "lastTransitionTime": known["lastTransitionTime"] if known is not None and same else now_text,
        "reason": "InsufficientPods",
        "message": "",
    }
    return [*(each for each in conditions if each["type"] != _ALLOWED), condition]


def _disrupted(pod: Object, now_text: str) -> Object:
    """Return a pod that says why it goes. Source: eviction.go, addConditionAndDeletePod."""
    return with_condition(pod, DISRUPTION, True, "EvictionByEvictionAPI", "Eviction API: evicting", now_text)
