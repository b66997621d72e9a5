"""The Pod Security Standards: what each level forbids, in the admission plugin's words."""

from typing import Any

import pytest

from podproof.simulator.model.pod_security import BASELINE, PRIVILEGED, RESTRICTED, violations

SAFE = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod(context: Any = None, **spec: Any) -> dict[str, Any]:
    return {"containers": [{"name": "app", **({"securityContext": context} if context else {})}], **spec}


def told(level: str, spec: Any, annotations: Any = None, version: str = "latest") -> list[str]:
    return [str(each) for each in violations(level, version, spec, annotations or {})]


BASE = {
    "the node's namespaces": (pod(hostNetwork=True, hostPID=True), "host namespaces (hostNetwork=true, hostPID=true)"),
    "a privileged container": (
        pod({"privileged": True}), 'privileged (container "app" must not set securityContext.privileged=true)'),
    "more capabilities": (
        pod({"capabilities": {"add": ["SYS_TIME", "NET_ADMIN", "CHOWN"]}}),
        'non-default capabilities (container "app" must not include "NET_ADMIN", "SYS_TIME" '
        "in securityContext.capabilities.add)"),
    "paths of the node": (
        pod(volumes=[{"name": "a", "hostPath": {}}, {"name": "b", "hostPath": {}}, {"name": "c", "emptyDir": {}}]),
        'hostPath volumes (volumes "a", "b")'),
    "ports of the node": (
        {"containers": [{"name": "app", "ports": [{"hostPort": 80}, {"hostPort": 443}]}]},
        'hostPort (container "app" uses hostPorts 443, 80)'),
    "probes of other hosts": (
        {"containers": [{"name": "app", "livenessProbe": {"httpGet": {"host": "10.0.0.1"}}}]},
        'probe or lifecycle host (container "app" uses probe or lifecycle host "10.0.0.1")'),
    "another view of processes": (
        pod({"procMount": "Unmasked"}),
        'procMount (container "app" must not set securityContext.procMount to "Unmasked")'),
    "SELinux": (
        pod({"seLinuxOptions": {"type": "spc_t", "user": "root"}}),
        'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: type "spc_t"; '
        "user may not be set)"),
    "no seccomp": (
        pod(securityContext={"seccompProfile": {"type": "Unconfined"}}),
        'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'),
    "kernel settings": (
        pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_syncookies"}]}),
        "forbidden sysctls (kernel.msgmax)"),
    "the Windows host": (
        pod({"windowsOptions": {"hostProcess": True}}),
        'hostProcess (container "app" must not set securityContext.windowsOptions.hostProcess=true)'),
    "no AppArmor": (
        pod({"appArmorProfile": {"type": "Unconfined"}}, securityContext={"appArmorProfile": {"type": "Unconfined"}}),
        'forbidden AppArmor profile (pod and container "app" must not set AppArmor profile type to "Unconfined")'),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "violation"), BASE.values(), ids=BASE.keys())
def test_the_baseline_forbids(spec: Any, violation: str) -> None:
    assert told(BASELINE, spec) == [violation]
    assert told(PRIVILEGED, spec) == []


def test_an_annotation_may_forgo_apparmor_no_more_than_a_field() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/app"

    assert told(BASELINE, pod(), {key: "unconfined"}) == [
        f'forbidden AppArmor profile (annotation must not set AppArmor profile type to "{key}="unconfined"")'
    ]
    assert told(BASELINE, pod(), {key: "runtime/default"}) == []


def test_a_plain_pod_is_not_restricted_enough() -> None:
    assert told(RESTRICTED, pod()) == [
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
        'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])',
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
        'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to '
        '"RuntimeDefault" or "Localhost")',
    ]
    assert told(BASELINE, pod()) == []


STRICT = {
    "all is said": (pod(SAFE), []),
    "root by number": (pod({**SAFE, "runAsUser": 0}), ['runAsUser=0 (container "app" must not set runAsUser=0)']),
    "root on purpose": (
        pod({**SAFE, "runAsNonRoot": False}),
        ['runAsNonRoot != true (container "app" must not set securityContext.runAsNonRoot=false)']),
    "a volume of the node": (
        pod(SAFE, volumes=[{"name": "v", "hostPath": {}}]),
        ['restricted volume types (volume "v" uses restricted volume type "hostPath")']),
    "one capability is free": (pod({**SAFE, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}), []),
    "others are not": (
        pod({**SAFE, "capabilities": {"add": ["CHOWN"]}}),
        ['unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]; '
         'container "app" must not include "CHOWN" in securityContext.capabilities.add)']),
    "the pod may say it for all": (
        pod({"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            securityContext={"runAsNonRoot": True, "seccompProfile": {"type": "Localhost"}}), []),
    "users of its own": (
        pod({key: value for key, value in SAFE.items() if key != "runAsNonRoot"}, hostUsers=False), []),
    "the baseline's faults come first": (
        pod(SAFE, hostNetwork=True, initContainers=[{"name": "i", "securityContext": {**SAFE, "runAsUser": 0}}]),
        ["host namespaces (hostNetwork=true)", 'runAsUser=0 (container "i" must not set runAsUser=0)']),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "found"), STRICT.values(), ids=STRICT.keys())
def test_the_restricted_level(spec: Any, found: list[str]) -> None:
    assert told(RESTRICTED, spec) == found


def wanted(setting: str) -> str:
    return f'container "app" must set securityContext.{setting}'


SYSCTL = {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}
PROBE = pod()["containers"][0] | {"livenessProbe": {"httpGet": {"port": 80, "host": "10.0.0.1"}}}
UNMASKED = pod({**SAFE, "procMount": "Unmasked"}, hostUsers=False)
MASKED = 'procMount (container "app" must not set securityContext.procMount to "Unmasked")'
ENGINE = pod({"seLinuxOptions": {"type": "container_engine_t"}})
ADDED = pod({**SAFE, "capabilities": {"add": ["SYS_TIME"]}})
PROFILE = {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}

VERSIONS: dict[str, tuple[str, str, Any, Any, list[str]]] = {
    "capabilities had to be dropped from 1.22 on": (RESTRICTED, "v1.21", pod({**SAFE, "capabilities": {}}), {}, []),
    "before, added ones were the baseline's": (RESTRICTED, "v1.21", ADDED, {}, ["non-default capabilities "
        '(container "app" must not include "SYS_TIME" in securityContext.capabilities.add)']),
    "root was refused by number from 1.23 on": (RESTRICTED, "v1.22", pod({**SAFE, "runAsUser": 0}), {}, []),
    "profiles were wanted from 1.19 on": (
        RESTRICTED, "v1.18", pod({key: value for key, value in SAFE.items() if key != "seccompProfile"}), {}, []),
    "before, annotations set them": (BASELINE, "v1.18", pod(), PROFILE, ["seccompProfile (forbidden annotation "
        'seccomp.security.alpha.kubernetes.io/pod="unconfined")']),
    "which nobody reads any more": (BASELINE, "v1.19", pod(), PROFILE, []),
    "Windows was held to what it cannot have": (RESTRICTED, "v1.24", pod(
        {"runAsNonRoot": True}, os={"name": "windows"}), {}, [
            f"allowPrivilegeEscalation != false ({wanted('allowPrivilegeEscalation=false')})",
            "unrestricted capabilities (" + wanted('capabilities.drop=["ALL"]') + ")",
            'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" '
            'or "Localhost")']),
    "and is not from 1.25 on": (RESTRICTED, "v1.25", pod({"runAsNonRoot": True}, os={"name": "windows"}), {}, []),
    "hosts of probes were free up to 1.33": (BASELINE, "v1.33", {"containers": [PROBE]}, {}, []),
    "and are not from 1.34 on": (BASELINE, "v1.34", {"containers": [PROBE]}, {}, ["probe or lifecycle host "
        '(container "app" uses probe or lifecycle host "10.0.0.1")']),
    "a kernel parameter came with 1.32": (BASELINE, "v1.31", pod(securityContext=SYSCTL), {}, [
        "forbidden sysctls (net.ipv4.tcp_rmem)"]),
    "and stays": (BASELINE, "v1.40", pod(securityContext=SYSCTL), {}, []),
    "a type of SELinux came with 1.31": (BASELINE, "v1.30", ENGINE, {}, ['seLinuxOptions (container "app" set '
        'forbidden securityContext.seLinuxOptions: type "container_engine_t")']),
    "users of its own count from 1.35 on": (BASELINE, "v1.34", UNMASKED, {}, [MASKED]),
    "for the baseline": (BASELINE, "v1.35", UNMASKED, {}, []),
    "not for the strictest": (RESTRICTED, "v1.35", UNMASKED, {}, [MASKED]),
}  # fmt: skip


@pytest.mark.parametrize(("level", "version", "spec", "notes", "found"), VERSIONS.values(), ids=VERSIONS.keys())
def test_a_version_of_a_level(level: str, version: str, spec: Any, notes: Any, found: list[str]) -> None:
    assert told(level, spec, notes, version) == found
