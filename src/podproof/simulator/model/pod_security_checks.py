"""What a pod spec has in it that the Pod Security Standards forbid, check by check, in the admission plugin's words.

Source: staging/src/k8s.io/pod-security-admission/policy/check_*.go.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from podproof.simulator.model.objects import Object, at


class Violation(NamedTuple):
    """One thing a level forbids, and who has it."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


Check = Callable[[Object, Object], Iterable[Violation]]
"""From the spec of a pod and its annotations to what is wrong with them."""


def _containers(spec: Object) -> list[Object]:
    groups = ("initContainers", "containers", "ephemeralContainers")
    return [each for group in groups for each in spec.get(group) or ()]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _named(noun: str, names: list[str]) -> str:
    return f"{noun if len(names) == 1 else f'{noun}s'} {_quoted(names)}"


def _plural(names: Iterable[Any], one: str, more: str) -> str:
    return one if len(list(names)) == 1 else more


def _context(item: Object, *path: str) -> Any:
    return at(item, "securityContext", *path)


def _setters(spec: Object, is_wrong: Callable[[Object], bool]) -> list[str]:
    """Return who sets something wrong: the pod, its containers, or both, as a sentence names them."""
    named = [each["name"] for each in _containers(spec) if is_wrong(each)]
    return [*(["pod"] if is_wrong(spec) else []), *([_named("container", named)] if named else [])]


def app_armor(spec: Object, annotations: Object) -> Iterator[Violation]:
    """Hold AppArmor to profiles that confine."""
    values: set[str] = set()

    def is_wrong(item: Object) -> bool:
        kind = _context(item, "appArmorProfile", "type")
        if kind in (None, "RuntimeDefault", "Localhost"):
            return False
        values.add(kind)
        return True

    setters = _setters(spec, is_wrong)
    stated = [f'{key}="{value}"' for key, value in sorted(annotations.items()) if _is_unconfined(key, value)]
    if stated:
        setters.append(_plural(stated, "annotation", "annotations"))
    if setters:
        told = [*sorted(values), *stated]
        reason = _plural(told, "forbidden AppArmor profile", "forbidden AppArmor profiles")
        yield Violation(reason, f"{' and '.join(setters)} must not set AppArmor profile type to {_quoted(told)}")


def _is_unconfined(key: str, value: str) -> bool:
    is_profile = key.startswith("container.apparmor.security.beta.kubernetes.io/")
    return is_profile and value not in ("", "runtime/default") and not value.startswith("localhost/")


_USUAL = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip


def _adders(spec: Object, allowed: frozenset[str]) -> tuple[list[str], list[str]]:
    added = {
        each["name"]: [name for name in _context(each, "capabilities", "add") or () if name not in allowed]
        for each in _containers(spec)
    }
    return [name for name, wrong in added.items() if wrong], sorted(
        {name for wrong in added.values() for name in wrong}
    )


def _added_text(names: list[str], capabilities: list[str]) -> str:
    told = f"must not include {_quoted(capabilities)} in securityContext.capabilities.add"
    return f"{_named('container', names)} {told}"


def capabilities_baseline(spec: Object, _: Object) -> Iterator[Violation]:
    """Let nothing be added to what a container may do but the usual."""
    names, capabilities = _adders(spec, _USUAL)
    if names:
        yield Violation("non-default capabilities", _added_text(names, capabilities))


def capabilities_restricted(spec: Object, _: Object) -> Iterator[Violation]:
    """Have all capabilities dropped, and none but one added."""
    keeping = [
        each["name"] for each in _containers(spec) if "ALL" not in (_context(each, "capabilities", "drop") or ())
    ]
    names, capabilities = _adders(spec, frozenset({"NET_BIND_SERVICE"}))
    told = [f'{_named("container", keeping)} must set securityContext.capabilities.drop=["ALL"]'] if keeping else []
    told += [_added_text(names, capabilities)] if names else []
    if told:
        yield Violation("unrestricted capabilities", "; ".join(told))


def host_namespaces(spec: Object, _: Object) -> Iterator[Violation]:
    """Keep a pod out of the node's namespaces."""
    shared = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    if shared:
        yield Violation("host namespaces", ", ".join(shared))


def host_paths(spec: Object, _: Object) -> Iterator[Violation]:
    """Keep a pod out of the node's files."""
    names = [each["name"] for each in spec.get("volumes") or () if each.get("hostPath") is not None]
    if names:
        yield Violation("hostPath volumes", _named("volume", names))


_FREE_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def restricted_volumes(spec: Object, _: Object) -> Iterator[Violation]:
    """Allow volumes that are no part of the node."""
    kinds = {each["name"]: [key for key in each if key != "name"] for each in spec.get("volumes") or ()}
    wrong = {name: found for name, found in kinds.items() if not _FREE_VOLUMES & set(found)}
    if wrong:
        used = sorted({kind for found in wrong.values() for kind in found[:1]})
        verb, noun = _plural(wrong, "uses", "use"), _plural(used, "restricted volume type", "restricted volume types")
        yield Violation("restricted volume types", f"{_named('volume', list(wrong))} {verb} {noun} {_quoted(used)}")


def host_ports(spec: Object, _: Object) -> Iterator[Violation]:
    """Keep containers off the ports of the node."""
    ports = {
        each["name"]: [port["hostPort"] for port in each.get("ports") or () if port.get("hostPort")]
        for each in _containers(spec)
    }
    names = [name for name, used in ports.items() if used]
    numbers = sorted({str(number) for used in ports.values() for number in used})
    if names:
        verb, noun = _plural(names, "uses", "use"), _plural(numbers, "hostPort", "hostPorts")
        yield Violation("hostPort", f"{_named('container', names)} {verb} {noun} {', '.join(numbers)}")


def _asked_hosts(container: Object) -> Iterator[str]:
    handlers = [container.get(f"{kind}Probe") for kind in ("liveness", "readiness", "startup")]
    handlers += [at(container, "lifecycle", hook) for hook in ("postStart", "preStop")]
    for handler in handlers:
        for kind in ("httpGet", "tcpSocket"):
            if host := at(handler, kind, "host"):
                yield host


def hosts(spec: Object, _: Object) -> Iterator[Violation]:
    """Let probes and hooks ask nobody but the pod."""
    asked = {each["name"]: list(_asked_hosts(each)) for each in _containers(spec)}
    names = sorted(name for name, hosts in asked.items() if hosts)
    hosts = sorted({host for found in asked.values() for host in found})
    if names:
        noun = _plural(hosts, "probe or lifecycle host", "probe or lifecycle hosts")
        detail = f"{_named('container', names)} {_plural(names, 'uses', 'use')} {noun} {_quoted(hosts)}"
        yield Violation("probe or lifecycle host", detail)


def privileged(spec: Object, _: Object) -> Iterator[Violation]:
    """Allow no privileged container."""
    names = [each["name"] for each in _containers(spec) if _context(each, "privileged")]
    if names:
        yield Violation("privileged", f"{_named('container', names)} must not set securityContext.privileged=true")


def proc_mount_relaxed(spec: Object, annotations: Object) -> Iterator[Violation]:
    """Let a pod with users of its own mount what it wants."""
    if spec.get("hostUsers") is not False:
        yield from proc_mount(spec, annotations)


def proc_mount(spec: Object, _: Object) -> Iterator[Violation]:
    """Have /proc masked."""
    mounts = {each["name"]: _context(each, "procMount") for each in _containers(spec)}
    wrong = {name: kind for name, kind in mounts.items() if kind not in (None, "Default")}
    if wrong:
        told = f"must not set securityContext.procMount to {_quoted(sorted(set(wrong.values())))}"
        yield Violation("procMount", f"{_named('container', list(wrong))} {told}")


def selinux(*allowed: str) -> Check:
    """Return the check that allows these types besides none."""

    def check(spec: Object, _: Object) -> Iterator[Violation]:
        found = [_context(item, "seLinuxOptions") or {} for item in (spec, *_containers(spec))]
        types = sorted({each["type"] for each in found if each.get("type", "") not in ("", *allowed)})

        def is_wrong(item: Object) -> bool:
            options = _context(item, "seLinuxOptions") or {}
            return options.get("type", "") in types or bool(options.get("user") or options.get("role"))

        if setters := _setters(spec, is_wrong):
            told = [f"{_named('type', types)}"] if types else []
            told += [f"{key} may not be set" for key in ("user", "role") if any(each.get(key) for each in found)]
            wrong = f"set forbidden securityContext.seLinuxOptions: {'; '.join(told)}"
            yield Violation("seLinuxOptions", f"{' and '.join(setters)} {wrong}")

    return check


_SECCOMP_POD, _SECCOMP_CONTAINER = (
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/",
)
_SAFE_SECCOMP = ("RuntimeDefault", "Localhost")


def seccomp_annotations(spec: Object, annotations: Object) -> Iterator[Violation]:
    """Look at the annotations that profiles were set by before they had fields."""
    keys = [_SECCOMP_POD, *(f"{_SECCOMP_CONTAINER}{each['name']}" for each in _containers(spec))]
    wrong = sorted(
        {f'{key}="{annotations[key]}"' for key in keys if key in annotations and not _is_safe(annotations[key])}
    )
    if wrong:
        noun = _plural(wrong, "annotation", "annotations")
        yield Violation("seccompProfile", f"forbidden {noun} {', '.join(wrong)}")


def _is_safe(profile: str) -> bool:
    return profile in ("runtime/default", "docker/default") or profile.startswith("localhost/")


def seccomp_baseline(spec: Object, _: Object) -> Iterator[Violation]:
    """Hold seccomp to profiles that confine, where one is named."""
    values: set[str] = set()

    def is_wrong(item: Object) -> bool:
        kind = _context(item, "seccompProfile", "type")
        if kind is None or kind in _SAFE_SECCOMP:
            return False
        values.add(kind)
        return True

    if setters := _setters(spec, is_wrong):
        told = f"must not set securityContext.seccompProfile.type to {_quoted(sorted(values))}"
        yield Violation("seccompProfile", f"{' and '.join(setters)} {told}")


def seccomp_restricted(spec: Object, annotations: Object) -> Iterator[Violation]:
    """Have a seccomp profile named that confines."""
    wrong = list(seccomp_baseline(spec, annotations))
    yield from wrong
    if wrong or _context(spec, "seccompProfile", "type") is not None:
        return
    names = [each["name"] for each in _containers(spec) if _context(each, "seccompProfile", "type") is None]
    if names:
        told = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
        yield Violation("seccompProfile", f"pod or {_named('container', names)} {told}")


def sysctls(*allowed: str) -> Check:
    """Return the check that allows these kernel parameters."""

    def check(spec: Object, _: Object) -> Iterator[Violation]:
        names = [each["name"] for each in _context(spec, "sysctls") or () if each["name"] not in allowed]
        if names:
            yield Violation("forbidden sysctls", ", ".join(names))

    return check


def host_process(spec: Object, _: Object) -> Iterator[Violation]:
    """Allow no host process of Windows."""
    setters = _setters(spec, lambda item: bool(_context(item, "windowsOptions", "hostProcess")))
    if setters:
        told = "must not set securityContext.windowsOptions.hostProcess=true"
        yield Violation("hostProcess", f"{' and '.join(setters)} {told}")


def escalation(spec: Object, _: Object) -> Iterator[Violation]:
    """Have it said that no process gains privileges."""
    names = [each["name"] for each in _containers(spec) if _context(each, "allowPrivilegeEscalation") is not False]
    if names:
        told = "must set securityContext.allowPrivilegeEscalation=false"
        yield Violation("allowPrivilegeEscalation != false", f"{_named('container', names)} {told}")


def non_root(spec: Object, _: Object) -> Iterator[Violation]:
    """Have it said that nobody is root."""
    if spec.get("hostUsers") is False:
        return
    reason = "runAsNonRoot != true"
    if setters := _setters(spec, lambda item: _context(item, "runAsNonRoot") is False):
        yield Violation(reason, f"{' and '.join(setters)} must not set securityContext.runAsNonRoot=false")
        return
    names = [each["name"] for each in _containers(spec) if _context(each, "runAsNonRoot") is None]
    if names and not _context(spec, "runAsNonRoot"):
        yield Violation(reason, f"pod or {_named('container', names)} must set securityContext.runAsNonRoot=true")


def root_user(spec: Object, _: Object) -> Iterator[Violation]:
    """Allow nobody to be root by number."""
    if spec.get("hostUsers") is False:
        return
    if setters := _setters(spec, lambda item: _context(item, "runAsUser") == 0):
        yield Violation("runAsUser=0", f"{' and '.join(setters)} must not set runAsUser=0")


def unless_windows(check: Check) -> Check:
    """Return the check for pods of other systems than Windows, which knows nothing of what it looks at."""
    return lambda spec, annotations: () if at(spec, "os", "name") == "windows" else check(spec, annotations)
