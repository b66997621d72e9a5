"""Checks of security contexts, and of what depends on the operating system.

Source: pkg/apis/core/validation/validation.go, ValidateSecurityContext, validatePodSpecSecurityContext, validateLinux,
validateWindows, validateWindowsHostProcessPod.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.paths import descending_path_faults
from podproof.simulator.api.validation.windows import windows_faults
from podproof.simulator.model.objects import Object, at

_LARGEST_ID = 2**31 - 1
_ID_RANGE = f"must be between 0 and {_LARGEST_ID}, inclusive"
_LONGEST_PROFILE = 4095
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?", re.ASCII)
_NO_SYSCTL = (
    "must have at most 253 characters and match regex "
    "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
)
_POD_ONLY_LINUX = (
    ("securityContext", ("appArmorProfile", "seLinuxOptions")),
    ("", ("hostUsers", "hostPID", "hostIPC")),
    ("securityContext", ("seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls")),
    ("", ("shareProcessNamespace",)),
    (
        "securityContext",
        (
            "runAsUser",
            "runAsGroup",
            "supplementalGroups",
            "supplementalGroupsPolicy",
            "seLinuxChangePolicy",
        ),
    ),
)
_CONTAINER_ONLY_LINUX = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)
_NEVER_WINDOWS = ("hostUsers", "shareProcessNamespace")
"""What a Windows pod may not even deny."""
_NOT_WINDOWS = "cannot be set for a windows pod"


def container_security_faults(context: Object | None, spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a container's security context."""
    if context is None:
        return
    for key in ("runAsUser", "runAsGroup"):
        yield from _identity_faults(context.get(key), f"{field}.{key}")
    if (mount := context.get("procMount")) is not None:
        if mount not in ("Default", "Unmasked"):
            yield unsupported(f"{field}.procMount", mount, ("Default", "Unmasked"))
        if spec.get("hostUsers", True) and mount == "Unmasked":
            detail = "`hostUsers` must be false to use `Unmasked`"
            yield invalid(f"{field}.procMount", mount, detail)
    yield from _seccomp_faults(context.get("seccompProfile"), f"{field}.seccompProfile")
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            yield _contradiction(context, field, "`privileged` to true")
        if "CAP_SYS_ADMIN" in (at(context, "capabilities", "add") or ()):
            yield _contradiction(context, field, "`capabilities.Add` CAP_SYS_ADMIN")
    yield from windows_faults(context.get("windowsOptions"), f"{field}.windowsOptions")
    yield from app_armor_faults(context.get("appArmorProfile"), f"{field}.appArmorProfile")


def _contradiction(context: Object, field: str, other: str) -> Fault:
    detail = f"cannot set `allowPrivilegeEscalation` to false and {other}"
    return invalid(field, internal("SecurityContext", context), detail)


def pod_security_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with a pod's security context."""
    context, field = spec.get("securityContext") or {}, "spec.securityContext"
    for key in ("fsGroup", "runAsUser", "runAsGroup"):
        yield from _identity_faults(context.get(key), f"{field}.{key}")
    for index, group in enumerate(context.get("supplementalGroups") or ()):
        yield from _identity_faults(group, f"{field}.supplementalGroups[{index}]")
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid(f"{field}.shareProcessNamespace", True, detail)
    yield from _sysctl_faults(context, spec, f"{field}.sysctls")
    yield from _choice(context, "fsGroupChangePolicy", ("Always", "OnRootMismatch"), field)
    yield from _seccomp_faults(context.get("seccompProfile"), f"{field}.seccompProfile")
    yield from windows_faults(context.get("windowsOptions"), f"{field}.windowsOptions")
    yield from app_armor_faults(context.get("appArmorProfile"), f"{field}.appArmorProfile")
    yield from _choice(context, "supplementalGroupsPolicy", ("Merge", "Strict"), field)
    yield from _choice(context, "seLinuxChangePolicy", ("MountOption", "Recursive"), field)


def _choice(context: Object, key: str, supported: tuple[str, ...], field: str) -> Iterator[Fault]:
    value = context.get(key)
    if value is not None and value not in supported:
        yield unsupported(f"{field}.{key}", value, supported)


def _identity_faults(identity: int | None, field: str) -> Iterator[Fault]:
    if identity is not None and not 0 <= identity <= _LARGEST_ID:
        yield invalid(field, identity, _ID_RANGE)


def _sysctl_faults(context: Object, spec: Object, field: str) -> Iterator[Fault]:
    names: set[str] = set()
    for index, sysctl in enumerate(context.get("sysctls") or ()):
        place, name = f"{field}[{index}].name", sysctl.get("name", "")
        if not name:
            yield required(place)
        elif len(name) > 253 or not _SYSCTL.fullmatch(name):
            yield invalid(place, name, _NO_SYSCTL)
        elif name in names:
            yield duplicate(place, name)
        names.add(name)
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith("net."):
            yield invalid(place, name, "may not be specified when 'hostNetwork' is true")
        elif spec.get("hostIPC") and dotted.startswith(("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")):
            yield invalid(place, name, "may not be specified when 'hostIPC' is true")


def _seccomp_faults(profile: Object | None, field: str) -> Iterator[Fault]:
    if profile is None:
        return
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    if not kind:
        yield required(f"{field}.type", "type is required when seccompProfile is set")
    elif kind not in _PROFILES:
        yield unsupported(f"{field}.type", kind, _PROFILES)
    if kind != "Localhost":
        if local is not None:
            detail = "can only be set when seccomp type is Localhost"
            yield invalid(f"{field}.localhostProfile", internal("Profile", profile), detail)
    elif local is None:
        yield required(f"{field}.localhostProfile", "must be set when seccomp type is Localhost")
    else:
        yield from descending_path_faults(local, f"{field}.localhostProfile")


def app_armor_faults(profile: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with an AppArmor profile; none is a good one.

    Source: validation.go, ValidateAppArmorProfileField.
    """
    if profile is None:
        return
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    if kind == "Localhost":
        if local is not None and local != local.strip():
            yield invalid(f"{field}.localhostProfile", local, "must not be padded with whitespace")
        elif not local:
            yield required(f"{field}.localhostProfile", "must be set when AppArmor type is Localhost")
        if len((local or "").encode()) > _LONGEST_PROFILE:
            yield too_long(f"{field}.localhostProfile", _LONGEST_PROFILE)
    elif kind in ("RuntimeDefault", "Unconfined"):
        if local is not None:
            yield invalid(f"{field}.localhostProfile", local, "can only be set when AppArmor type is Localhost")
    elif not kind:
        yield required(f"{field}.type", "type is required when appArmorProfile is set")
    else:
        yield unsupported(f"{field}.type", kind, _PROFILES)


def host_process_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with host processes of Windows: all containers are, or none."""
    of_pod = at(spec, "securityContext", "windowsOptions", "hostProcess")
    flags = []
    for container, field in visited(spec):
        own = at(container, "securityContext", "windowsOptions", "hostProcess")
        if of_pod is not None and own is not None and own != of_pod:
            detail = f"pod hostProcess value must be identical if both are specified, was {str(of_pod).lower()}"
            yield invalid(f"{field}.securityContext.windowsOptions.hostProcess", own, detail)
        flags.append(bool(of_pod if own is None else own))
    if not any(flags):
        return
    if not all(flags):
        detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        yield invalid("spec", "", detail)
    if not spec.get("hostNetwork"):
        detail = "hostNetwork must be true if pod contains any hostProcess containers"
        yield invalid("spec.hostNetwork", False, detail)


def visited(spec: Object) -> Iterator[tuple[Object, str]]:
    """Yield every container with its field, init containers first."""
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(kind) or ()):
            yield container, f"spec.{kind}[{index}]"


def operating_system_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is set though the pod's operating system does not have it."""
    if "os" not in spec:
        return
    name = spec["os"].get("name", "")
    if not name:
        yield required("spec.os.name", "cannot be empty")
    elif name == "linux":
        yield from _linux_faults(spec)
    elif name == "windows":
        yield from _windows_pod_faults(spec)
    else:
        yield unsupported("spec.os", name, ("linux", "windows"))


def _linux_faults(spec: Object) -> Iterator[Fault]:
    detail = "windows options cannot be set for a linux pod"
    for holder, field in ((spec, "spec"), *visited(spec)):
        if at(holder, "securityContext", "windowsOptions") is not None:
            yield forbidden(f"{field}.securityContext.windowsOptions", detail)


def _windows_pod_faults(spec: Object) -> Iterator[Fault]:
    for part, keys in _POD_ONLY_LINUX:
        holder = spec.get(part) or {} if part else spec
        for key in keys:
            if holder.get(key) not in (None, False) or (key in _NEVER_WINDOWS and key in holder):
                yield forbidden(".".join(filter(None, ("spec", part, key))), _NOT_WINDOWS)
    for container, field in visited(spec):
        for key in _CONTAINER_ONLY_LINUX:
            if at(container, "securityContext", key) is not None:
                yield forbidden(f"{field}.securityContext.{key}", _NOT_WINDOWS)
