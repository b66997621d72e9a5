"""The Pod Security Standards: which check belongs to which level, from which version on.

Source: staging/src/k8s.io/pod-security-admission/policy/registry.go, checks.go; the Check functions of check_*.go;
api/helpers.go, ParseVersion.
"""

import re
from collections.abc import Mapping
from functools import cache

from podproof.simulator.model import pod_security_checks as checks
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_security_checks import Check, Violation, unless_windows

PRIVILEGED, BASELINE, RESTRICTED = "privileged", "baseline", "restricted"
LEVELS = (PRIVILEGED, BASELINE, RESTRICTED)
"""From the loosest to the strictest."""
LATEST = "latest"
_VERSION = re.compile(r"v([0-9]+)\.([0-9]+)")
_NEWEST = 10**6

_CONTAINER_TYPES = ("container_t", "container_init_t", "container_kvm_t")
_SYSCTLS = ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start")  # fmt: skip
_SYSCTLS_27 = (*_SYSCTLS, "net.ipv4.ip_local_reserved_ports")
_SYSCTLS_29 = (*_SYSCTLS_27, "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
               "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes")  # fmt: skip
_SYSCTLS_32 = (*_SYSCTLS_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")

_BASELINE: Mapping[str, Mapping[int, Check]] = {
    "appArmorProfile": {0: checks.app_armor},
    "capabilities_baseline": {0: checks.capabilities_baseline},
    "hostNamespaces": {0: checks.host_namespaces},
    "hostPathVolumes": {0: checks.host_paths},
    "hostPorts": {0: checks.host_ports},
    "hostProbesAndHostLifecycle": {34: checks.hosts},
    "privileged": {0: checks.privileged},
    "procMount_baseline": {0: checks.proc_mount, 35: checks.proc_mount_relaxed},
    "seLinuxOptions": {0: checks.selinux(*_CONTAINER_TYPES),
                       31: checks.selinux(*_CONTAINER_TYPES, "container_engine_t")},
    "seccompProfile_baseline": {0: checks.seccomp_annotations, 19: checks.seccomp_baseline},
    "sysctls": {0: checks.sysctls(*_SYSCTLS), 27: checks.sysctls(*_SYSCTLS_27), 29: checks.sysctls(*_SYSCTLS_29),
                32: checks.sysctls(*_SYSCTLS_32)},
    "windowsHostProcess": {0: checks.host_process},
}  # fmt: skip
"""The checks of the baseline by the minor version of Kubernetes 1 that each form of them is there from."""

_RESTRICTED: Mapping[str, Mapping[int, Check]] = {
    "allowPrivilegeEscalation": {8: checks.escalation, 25: unless_windows(checks.escalation)},
    "capabilities_restricted": {22: checks.capabilities_restricted,
                                25: unless_windows(checks.capabilities_restricted)},
    "procMount_restricted": {35: checks.proc_mount},
    "restrictedVolumes": {0: checks.restricted_volumes},
    "runAsNonRoot": {0: checks.non_root},
    "runAsUser": {23: checks.root_user},
    "seccompProfile_restricted": {19: checks.seccomp_restricted, 25: unless_windows(checks.seccomp_restricted)},
}  # fmt: skip
"""What the strictest level checks besides."""

_OVERRIDDEN = {
    "capabilities_restricted": "capabilities_baseline",
    "restrictedVolumes": "hostPathVolumes",
    "seccompProfile_restricted": "seccompProfile_baseline",
}
"""Which check of the baseline the strictest level has a stricter one for."""


def violations(level: str, version: str, spec: Object, annotations: Object) -> list[Violation]:
    """Return what a version of a level ("latest", "v1.24") forbids of a pod spec, in the order of the checks."""
    return [found for check in _checks(level, _minor(version)) for found in check(spec, annotations)]


def is_version(text: str) -> bool:
    """Say whether a text names a version of the standards."""
    return text == LATEST or _VERSION.fullmatch(text) is not None


def _minor(version: str) -> int:
    """Return the minor version that is meant; what is newer than all there is counts as the newest."""
    found = _VERSION.fullmatch(version)
    if found is None or int(found[1]) > 1:
        return _NEWEST
    return int(found[2]) if found[1] == "1" else 0


@cache
def _checks(level: str, minor: int) -> tuple[Check, ...]:
    if level == PRIVILEGED:
        return ()
    baseline, restricted = _there_are(_BASELINE, minor), _there_are(_RESTRICTED, minor)
    if level == BASELINE:
        return tuple(baseline.values())
    overridden = {_OVERRIDDEN.get(name) for name in restricted}
    kept = (check for name, check in baseline.items() if name not in overridden)
    return (*kept, *restricted.values())


def _there_are(table: Mapping[str, Mapping[int, Check]], minor: int) -> dict[str, Check]:
    """Return the checks of a version, each in the last form up to it."""
    known = {name: [since for since in forms if since <= minor] for name, forms in table.items()}
    return {name: table[name][max(since)] for name, since in known.items() if since}
