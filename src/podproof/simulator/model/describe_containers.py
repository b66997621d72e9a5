"""What `kubectl describe pod` says of containers.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeContainers, describeStatus, DescribeProbe.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.times import long_date

Lines = Iterator[str]


def containers(
    label: str, rows: Sequence[Object], statuses: Sequence[Object], pod: Object | None, indent: str = ""
) -> Lines:
    """Yield the section of one group of containers, of a pod or (None, indented) of a template."""
    yield f"{indent}{label}:" if rows else f"{indent}{label}: <none>"
    known = {status["name"]: status for status in statuses}
    for row in rows:
        yield f"  {' ' if indent else ''}{row['name']}:"
        status = known.get(row["name"])
        yield from _basics(row, status)
        yield from _words("Command", row.get("command") or ())
        yield from _words("Args", row.get("args") or ())
        if status is not None:
            yield from _states(status)
        yield from resource_lines(row.get("resources") or {}, "    ")
        yield from _probes(row)
        yield from _environment(row, pod)
        yield from _mounts(row)


def _basics(row: Object, status: Object | None) -> Lines:
    if status is not None:
        yield f"    Container ID:\t{status.get('containerID', '')}"
    yield f"    Image:\t{row.get('image', '')}"
    if status is not None:
        yield f"    Image ID:\t{status.get('imageID', '')}"
    for label, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        ports = [_port(port, field) for port in row.get("ports") or ()]
        yield f"    {label}{'s' if len(ports) > 1 else ''}:\t{', '.join(ports) or '<none>'}"


def _port(port: Object, field: str) -> str:
    name = f" ({port['name']})" if port.get("name") else ""
    return f"{port.get(field, 0)}/{port.get('protocol', 'TCP')}{name}"


def _words(label: str, words: Sequence[str]) -> Lines:
    if words:
        yield f"    {label}:"
    for word in words:
        for line in word.split("\n"):
            yield f"      {line}"


def _states(status: Object) -> Lines:
    yield from _state("State", status.get("state") or {})
    if at(status, "lastState", "terminated"):
        yield from _state("Last State", status["lastState"])
    yield f"    Ready:\t{bool(status.get('ready'))}"
    yield f"    Restart Count:\t{status.get('restartCount', 0)}"


def _state(label: str, state: Object) -> Lines:
    if "running" in state:
        yield f"    {label}:\tRunning"
        yield f"      Started:\t{long_date(state['running'].get('startedAt'))}"
    elif "terminated" in state:
        ended = state["terminated"]
        yield f"    {label}:\tTerminated"
        told = (name for name in ("Reason", "Message") if ended.get(name.lower()))
        yield from (f"      {name}:\t{ended[name.lower()]}" for name in told)
        yield f"      Exit Code:\t{ended.get('exitCode', 0)}"
        if ended.get("signal"):
            yield f"      Signal:\t{ended['signal']}"
        yield f"      Started:\t{long_date(ended.get('startedAt'))}"
        yield f"      Finished:\t{long_date(ended.get('finishedAt'))}"
    else:
        yield f"    {label}:\tWaiting"
        if at(state, "waiting", "reason"):
            yield f"      Reason:\t{state['waiting']['reason']}"


def resource_lines(resources: Object, indent: str) -> Lines:
    """Yield the limits and requests of a container, or of a pod as a whole."""
    for label in ("Limits", "Requests"):
        amounts: Mapping[str, str] = resources.get(label.lower()) or {}
        if amounts:
            yield f"{indent}{label}:"
        yield from (f"{indent}  {name}:\t{amount}" for name, amount in sorted(amounts.items()))


def _probes(row: Object) -> Lines:
    for label in ("Liveness", "Readiness", "Startup"):
        probe = row.get(f"{label.lower()}Probe")
        if probe is not None:
            yield f"    {label}:\t{_probe(probe)}"


def _probe(probe: Object) -> str:
    times = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 1)}s "
        f"period={probe.get('periodSeconds', 10)}s #success={probe.get('successThreshold', 1)} "
        f"#failure={probe.get('failureThreshold', 3)}"
    )
    if "exec" in probe:
        return f"exec [{' '.join(probe['exec'].get('command') or ())}] {times}"
    if "httpGet" in probe:
        get = probe["httpGet"]
        where = f"{get.get('scheme', 'HTTP').lower()}://{get.get('host', '')}:{get['port']}{get.get('path', '/')}"
        return f"http-get {where} {times}"
    if "tcpSocket" in probe:
        return f"tcp-socket {probe['tcpSocket'].get('host', '')}:{probe['tcpSocket']['port']} {times}"
    return f"grpc <pod>:{at(probe, 'grpc', 'port')} {at(probe, 'grpc', 'service') or ''} {times}"


def _environment(row: Object, pod: Object | None) -> Lines:
    sources = row.get("envFrom") or ()
    if sources:
        yield "    Environment Variables from:"
    for source in sources:
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        ref = source.get("configMapRef") or source.get("secretRef") or {}
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        yield f"      {ref.get('name', '')}\t{kind}{prefix}\tOptional: {_word(ref.get('optional'))}"
    variables = row.get("env") or ()
    yield "    Environment:" if variables else "    Environment:\t<none>"
    for variable in variables:
        yield from _variable(variable, row, pod)


def _variable(variable: Object, row: Object, pod: Object | None) -> Lines:
    name, source = variable["name"], variable.get("valueFrom")
    if source is None:
        first, *more = str(variable.get("value", "")).split("\n")
        yield f"      {name}:\t{first}"
        yield from (f"      \t{line}" for line in more)
    elif "fieldRef" in source:
        ref = source["fieldRef"]
        read = _field(pod, ref["fieldPath"]) if pod else ""
        yield f"      {name}:\t{read} ({ref.get('apiVersion', 'v1')}:{ref['fieldPath']})"
    elif "resourceFieldRef" in source:
        ref = source["resourceFieldRef"]
        yield f"      {name}:\t{_amount(row, ref)} ({ref['resource']})"
    elif "fileKeyRef" not in source:
        words = "of config map" if "configMapKeyRef" in source else "in secret"
        ref = source.get("configMapKeyRef") or source["secretKeyRef"]
        told = f"<set to the key '{ref.get('key')}' {words} '{ref.get('name')}'>"
        yield f"      {name}:\t{told}\tOptional: {_word(ref.get('optional'))}"


def _amount(row: Object, ref: Object) -> str:
    """Return an amount of the container itself, whichever one the reference names.

    Source: pkg/util/resource/resource.go, ExtractContainerResourceValue.
    """
    part, _, resource = ref["resource"].partition(".")
    amount, unit = parse(at(row, "resources", part, resource) or 0), parse(ref.get("divisor") or 0)
    if not unit.nano:
        unit = parse(1)
    found = -(-amount.milli_value // unit.milli_value) if resource == "cpu" else -(-amount.value // unit.value)
    return "node allocatable" if not found and ref["resource"] in ("limits.cpu", "limits.memory") else str(found)


def _field(pod: Object, path: str) -> str:
    """Return what kubectl can read of a field itself: the metadata, nothing else.

    Source: describe.go, EnvValueRetriever; pkg/util/fieldpath/fieldpath.go, ExtractFieldPathAsString.
    """
    meta, (group, _, key) = pod["metadata"], path.removeprefix("metadata.").partition("['")
    if key:
        return str((meta.get(group) or {}).get(key.removesuffix("']"), ""))
    return str(meta.get(group, "")) if path.startswith("metadata.") else ""


def _word(value: bool | None) -> str:
    return "true" if value else "false"


def _mounts(row: Object) -> Lines:
    mounts = sorted(row.get("volumeMounts") or (), key=lambda mount: str(mount["mountPath"]))
    yield "    Mounts:" if mounts else "    Mounts:\t<none>"
    for mount in mounts:
        flags = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            flags += f',path="{mount["subPath"]}"'
        yield f"      {mount['mountPath']} from {mount['name']} ({flags})"
