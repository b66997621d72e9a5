"""What `kubectl describe` says of Services, what stands behind them, and what leads to them.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeService, describeEndpoints,
describeEndpointSliceV1, describeIngressV1, formatEndpointSlices.
"""

from collections.abc import Iterable

from podproof.simulator.model.describe_parts import Around, Lines, annotations, head, names, pairs, told
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.table_cells import NONE, UNSET, balancer, first_few, joined, labels

_SERVICE_NAME = "kubernetes.io/service-name"


def service(item: Object, around: Around) -> Lines:
    """Yield what is said of a Service."""
    spec = item["spec"]
    yield from head(item)
    yield f"Selector:\t{labels(spec.get('selector'))}"
    yield f"Type:\t{spec.get('type', '')}"
    yield from told(spec, (("IP Family Policy", "ipFamilyPolicy"),))
    yield f"IP Families:\t{_listed(spec, 'ipFamilies') or NONE}"
    yield f"IP:\t{spec.get('clusterIP', '')}"
    yield f"IPs:\t{_listed(spec, 'clusterIPs') or NONE}"
    if spec.get("externalIPs"):
        yield f"External IPs:\t{_listed(spec, 'externalIPs')}"
    yield from _given(spec, (("Desired LoadBalancer IP", "loadBalancerIP"), ("External Name", "externalName")))
    reached = at(item, "status", "loadBalancer", "ingress") or ()
    if reached:
        yield f"LoadBalancer Ingress:\t{', '.join(map(_reached, reached))}"
    slices = _slices(item["metadata"]["name"], item, around)
    for port in spec.get("ports") or ():
        yield from _port(port, slices)
    yield f"Session Affinity:\t{spec.get('sessionAffinity', '')}"
    policies = (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
    )
    yield from _given(spec, (*policies, ("HealthCheck NodePort", "healthCheckNodePort")))
    if spec.get("loadBalancerSourceRanges"):
        yield f"LoadBalancer Source Ranges:\t{_listed(spec, 'loadBalancerSourceRanges')}"
    yield from told(spec, (("Traffic Distribution", "trafficDistribution"),))


def _listed(spec: Object, key: str) -> str:
    return ",".join(spec.get(key) or ())


def _given(spec: Object, fields: Iterable[tuple[str, str]]) -> Lines:
    yield from (f"{label}:\t{spec[key]}" for label, key in fields if spec.get(key))


def _reached(row: Object) -> str:
    if not row.get("ip"):
        return str(row.get("hostname", ""))
    return f"{row['ip']} ({row['ipMode']})" if row.get("ipMode") else str(row["ip"])


def _port(port: Object, slices: list[Object]) -> Lines:
    name, protocol = port.get("name") or UNSET, port.get("protocol", "")
    yield f"Port:\t{name}\t{port['port']}/{protocol}"
    yield f"TargetPort:\t{port.get('targetPort', '')}/{protocol}"
    yield from told(port, (("AppProtocol", "appProtocol"),))
    if port.get("nodePort"):
        yield f"NodePort:\t{name}\t{port['nodePort']}/{protocol}"
    yield f"Endpoints:\t{_behind(slices, port.get('name') or '')}"


def _slices(name: str, item: Object, around: Around) -> list[Object]:
    found = around.beside(item, "EndpointSlice")
    return [each for each in found if (each["metadata"].get("labels") or {}).get(_SERVICE_NAME) == name]


def _behind(slices: list[Object], name: str) -> str:
    """Return the ready endpoints of a port, the first three of them; slices without ports give plain addresses."""
    shown: list[str] = []
    for each in slices:
        ports: list[Object] = each.get("ports") or []
        chosen = [port.get("port") for port in ports if (port.get("name") or "") == name] if ports else [None]
        for port in chosen:
            shown += [_address(row, port) for row in each.get("endpoints") or () if _is_ready(row)]
    return first_few(shown, "") if slices else NONE


def _is_ready(row: Object) -> bool:
    return at(row, "conditions", "ready") is not False


def _address(row: Object, port: int | None) -> str:
    address = str(row["addresses"][0])
    return address if port is None else joined(address, port)


def endpoints(item: Object, around: Around) -> Lines:
    """Yield what is said of an Endpoints object."""
    yield from head(item)
    yield "Subsets:"
    for subset in item.get("subsets") or ():
        for label, key in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            yield f"  {label}:\t{','.join(row['ip'] for row in subset.get(key) or ()) or NONE}"
        if subset.get("ports"):
            yield "  Ports:"
            yield from _ports(subset["ports"], "    ")
        yield ""


def _ports(rows: Iterable[Object], indent: str) -> Lines:
    yield f"{indent}Name\tPort\tProtocol"
    yield f"{indent}----\t----\t--------"
    for row in rows:
        yield f"{indent}{row.get('name') or UNSET}\t{row.get('port', UNSET)}\t{row.get('protocol', 'TCP')}"


def endpoint_slice(item: Object, around: Around) -> Lines:
    """Yield what is said of an EndpointSlice."""
    ports, found = item.get("ports") or (), item.get("endpoints") or ()
    yield from head(item)
    yield f"AddressType:\t{item.get('addressType', '')}"
    yield "Ports:" if ports else f"Ports: {UNSET}"
    if ports:
        yield from _ports(ports, "  ")
    yield "Endpoints:" if found else f"Endpoints: {NONE}"
    for row in found:
        yield from _endpoint(row)


def _endpoint(row: Object) -> Lines:
    ready, target = at(row, "conditions", "ready"), row.get("targetRef")
    yield f"  - Addresses:\t{', '.join(row.get('addresses') or ()) or NONE}"
    yield "    Conditions:"
    yield f"      Ready:\t{UNSET if ready is None else str(ready).lower()}"
    yield f"    Hostname:\t{row.get('hostname', UNSET)}"
    if target is not None:
        yield f"    TargetRef:\t{target.get('kind', '')}/{target.get('name', '')}"
    yield f"    NodeName:\t{row.get('nodeName', UNSET)}"
    yield f"    Zone:\t{row.get('zone', UNSET)}"


def ingress(item: Object, around: Around) -> Lines:
    """Yield what is said of an Ingress."""
    meta, spec = item["metadata"], item.get("spec") or {}
    fallback = spec.get("defaultBackend")
    default = "<default>" if fallback is None else _backend(fallback, item, around)
    first, *more = names(item)
    yield first
    yield from pairs("Labels", meta.get("labels") or {})
    yield from more
    yield f"Address:\t{balancer(item, wide=True)}"
    yield f"Ingress Class:\t{spec.get('ingressClassName') or NONE}"
    yield f"Default backend:\t{default}"
    yield from _tls(spec.get("tls") or ())
    yield "Rules:"
    yield "  Host\tPath\tBackends"
    yield "  ----\t----\t--------"
    rules = [rule for rule in spec.get("rules") or () if rule.get("http") is not None]
    for rule in rules:
        yield f"  {rule.get('host') or '*'}\t"
        for path in rule["http"].get("paths") or ():
            yield f"    \t{path.get('path', '')} \t{_backend(path['backend'], item, around)}"
    if not rules:
        yield f"  *\t*\t{default}"
    yield from annotations(meta.get("annotations") or {})


def _tls(rows: Iterable[Object]) -> Lines:
    for index, row in enumerate(rows):
        if not index:
            yield "TLS:"
        hosts = ",".join(row.get("hosts") or ())
        yield f"  {row['secretName']} terminates {hosts}" if row.get("secretName") else f"  SNI routes {hosts}"


def _backend(backend: Object, item: Object, around: Around) -> str:
    if "service" not in backend:
        target = backend.get("resource") or {}
        group = target.get("apiGroup", NONE)
        return f"APIGroup: {group}, Kind: {target.get('kind', '')}, Name: {target.get('name', '')}"
    wanted = backend["service"]
    name, port = wanted["name"], wanted.get("port") or {}
    shown = f"{name}:{port.get('number') or port.get('name', '')}"
    found = next((each for each in around.beside(item, "Service") if each["metadata"]["name"] == name), None)
    if found is None:
        return f'{shown} (<error: services "{name}" not found>)'
    of_service = (row.get("name", "") for row in found["spec"].get("ports") or () if _is_meant(row, port))
    return f"{shown} ({_behind(_slices(name, item, around), next(of_service, ''))})"


def _is_meant(row: Object, port: Object) -> bool:
    if port.get("number"):
        return bool(row["port"] == port["number"])
    return bool(port.get("name")) and row.get("name") == port["name"]
