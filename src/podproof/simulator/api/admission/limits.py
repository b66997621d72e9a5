"""LimitRanger: fills in what containers request and may use, and refuses what is beyond a namespace's limit ranges.

Source: plugin/pkg/admission/limitranger/admission.go.
"""

from collections.abc import Iterator, Mapping

from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking, Plugin
from podproof.simulator.api.rules import Draft
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import Resources, pod_limits, pod_requests, resources

ANNOTATION = "kubernetes.io/limit-ranger"
_RANGES = "limitranges"


def _ranges(asking: Asking) -> list[Object]:
    return asking.around.store.list(_RANGES, asking.namespace)


def _admit(asking: Asking) -> None:
    if asking.resource.kind != "Pod" or asking.operation != CREATE:
        return
    for limit_range in _ranges(asking):
        _fill(asking.draft, limit_range)


def _fill(pod: Draft, limit_range: Object) -> None:
    """Give containers the defaults they leave open, and say so in an annotation."""
    defaults = {"requests": _defaults(limit_range, "defaultRequest"), "limits": _defaults(limit_range, "default")}
    said = [text for row in pod["spec"].get("containers") or () for text in _filled(row, defaults, "container")]
    inits = pod["spec"].get("initContainers") or ()
    said += [text for row in inits for text in _filled(row, defaults, "init container")]
    if said:
        annotations = pod["metadata"].setdefault("annotations", {})
        annotations[ANNOTATION] = f"LimitRanger plugin set: {'; '.join(said)}"


def _defaults(limit_range: Object, part: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for limit in limit_range["spec"].get("limits") or ():
        if limit["type"] == "Container":
            found |= limit.get(part) or {}
    return found


def _filled(container: Draft, defaults: Mapping[str, Mapping[str, str]], noun: str) -> Iterator[str]:
    for side, singular in (("requests", "request"), ("limits", "limit")):
        stated = at(container, "resources", side) or {}
        missing = sorted(name for name in defaults[side] if name not in stated)
        if missing:
            filled = {**stated, **{name: defaults[side][name] for name in missing}}
            container.setdefault("resources", {})[side] = filled
            yield f"{', '.join(missing)} {singular} for {noun} {container['name']}"


def _judge(asking: Asking) -> tuple[str, ...]:
    is_claim = asking.resource.kind == "PersistentVolumeClaim"
    if not is_claim and asking.operation == UPDATE and asking.subresource != "resize":
        return ()
    found = _claim_faults if is_claim else _pod_faults
    for limit_range in _ranges(asking):
        faults = [text for limit in limit_range["spec"].get("limits") or () for text in found(asking.draft, limit)]
        if faults:
            faults = list(dict.fromkeys(faults))
            raise asking.refusal(faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]")
    return ()


def _claim_faults(claim: Object, limit: Object) -> Iterator[str]:
    if limit["type"] != "PersistentVolumeClaim":
        return
    requests = resources(at(claim, "spec", "resources", "requests"))
    for name, bound in sorted((limit.get("min") or {}).items()):
        yield from _below(limit["type"], name, bound, requests, {})
    for name, bound in sorted((limit.get("max") or {}).items()):
        if name not in requests:
            yield f"maximum {name} usage per {limit['type']} is {bound}.  No request is specified"
        elif requests[name].nano > resources({name: bound})[name].nano:
            yield f"maximum {name} usage per {limit['type']} is {bound}, but request is {requests[name]}"


def _pod_faults(pod: Object, limit: Object) -> Iterator[str]:
    spec = pod["spec"]
    if limit["type"] == "Pod":
        yield from _faults(limit, pod_requests(pod, overhead=True), pod_limits(pod))
    elif limit["type"] == "Container":
        for row in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
            stated = row.get("resources") or {}
            yield from _faults(limit, resources(stated.get("requests")), resources(stated.get("limits")))


def _faults(limit: Object, requests: Resources, limits: Resources) -> Iterator[str]:
    kind = limit["type"]
    for name, bound in sorted((limit.get("min") or {}).items()):
        yield from _below(kind, name, bound, requests, limits)
    for name, bound in sorted((limit.get("max") or {}).items()):
        yield from _above(kind, name, bound, requests, limits)
    for name, bound in sorted((limit.get("maxLimitRequestRatio") or {}).items()):
        yield from _apart(kind, name, bound, requests, limits)


def _below(kind: str, name: str, bound: str, requests: Resources, limits: Resources) -> Iterator[str]:
    least, said = resources({name: bound})[name].nano, f"minimum {name} usage per {kind} is {bound}"
    if name not in requests:
        yield f"{said}.  No request is specified"
    elif requests[name].nano < least:
        yield f"{said}, but request is {requests[name]}"
    elif name in limits and limits[name].nano < least:
        yield f"{said}, but limit is {limits[name]}"


def _above(kind: str, name: str, bound: str, requests: Resources, limits: Resources) -> Iterator[str]:
    most, said = resources({name: bound})[name].nano, f"maximum {name} usage per {kind} is {bound}"
    if name not in limits:
        yield f"{said}.  No limit is specified"
    elif limits[name].nano > most:
        yield f"{said}, but limit is {limits[name]}"
    elif name in requests and requests[name].nano > most:
        yield f"{said}, but request is {requests[name]}"


def _apart(kind: str, name: str, bound: str, requests: Resources, limits: Resources) -> Iterator[str]:
    said = f"{name} max limit to request ratio per {kind} is {bound}"
    if name not in requests or not requests[name].nano:
        yield f"{said}, but no request is specified or request is 0"
    elif name not in limits or not limits[name].nano:
        yield f"{said}, but no limit is specified or limit is 0"
    elif limits[name].nano * 10**9 > resources({name: bound})[name].nano * requests[name].nano:
        yield f"{said}, but provided ratio is {limits[name].nano / requests[name].nano:f}"


LIMIT_RANGER = Plugin(
    "LimitRanger",
    kinds=("Pod", "PersistentVolumeClaim"),
    subresources=("", "resize"),
    operations=(CREATE, UPDATE),
    admit=_admit,
    validate=_judge,
)
