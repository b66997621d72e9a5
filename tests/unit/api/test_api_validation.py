"""Validation: one broken rule each, in the API server's own words; these stand without the recorded tables."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import ApiError

from .conftest import Bench, manifest, pod_spec


def container(**changes: Any) -> dict[str, Any]:
    return pod_spec(containers=[{"name": "c", "image": "a", **changes}])


def init(**changes: Any) -> dict[str, Any]:
    return pod_spec(initContainers=[{"name": "i", "image": "a", **changes}])


ONLY_SIDECARS = "Forbidden: may not be set for init containers without restartPolicy=Always"
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
EXEC = {"exec": {"command": ["true"]}}

PODS: dict[str, tuple[dict[str, Any], str]] = {
    "no containers": (pod_spec(containers=[]), "spec.containers: Required value"),
    "a container without a name": (pod_spec(containers=[{"image": "a"}]), "spec.containers[0].name: Required value"),
    "a name in capitals": (pod_spec(containers=[{"name": "C", "image": "a"}]),
        f'spec.containers[0].name: Invalid value: "C": {LABEL}'),
    "two containers of one name": (pod_spec(containers=[{"name": "c", "image": "a"}] * 2),
        'spec.containers[1].name: Duplicate value: "c"'),
    "an init container that has an app container's name": (init(name="c"),
        'spec.initContainers[0].name: Duplicate value: "c"'),
    "an init container with a readiness probe": (init(readinessProbe=EXEC),
        f"spec.initContainers[0].readinessProbe: {ONLY_SIDECARS}"),
    "an init container with a hook": (init(lifecycle={"preStop": EXEC}),
        f"spec.initContainers[0].lifecycle: {ONLY_SIDECARS}"),
    "a restart policy that is none": (pod_spec(restartPolicy="Sometimes"), 'spec.restartPolicy: Unsupported value: '
        '"Sometimes": supported values: "Always", "OnFailure", "Never"'),
    "a pull policy that is none": (container(imagePullPolicy="Maybe"), 'spec.containers[0].imagePullPolicy: '
        'Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"'),
    "an image padded with space": (container(image=" a"),
        'spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace'),
    "a port that is none": (container(ports=[{"containerPort": 70000}]),
        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"),
    "a mount of no volume": (container(volumeMounts=[{"name": "v", "mountPath": "/v"}]),
        'spec.containers[0].volumeMounts[0].name: Not found: "v"'),
    "a volume of two kinds": (pod_spec(volumes=[{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}]),
        "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"),
    "a mount of a volume that is not sound": (
        container(volumeMounts=[{"name": "v", "mountPath": "/v"}]) | {"volumes": [{"name": "v", "nfs": {"path": "/"}}]},
        '[spec.volumes[0].nfs.server: Required value, spec.containers[0].volumeMounts[0].name: Not found: "v"]'),
    "a claim that the pod itself makes": (pod_spec(volumes=[
            {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}},
            {"name": "w", "persistentVolumeClaim": {"claimName": "p-v"}}]),
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-v": must not reference a PVC that gets '
        "created for an ephemeral volume"),
    "an ephemeral volume of no template": (pod_spec(volumes=[{"name": "v", "ephemeral": {}}]),
        "spec.volumes[0].ephemeral.volumeClaimTemplate: Required value"),
    "a variable without a name": (container(env=[{"value": "x"}]), "spec.containers[0].env[0].name: Required value"),
    "a variable from nowhere": (container(env=[{"name": "A", "valueFrom": {}}]), "spec.containers[0].env[0].valueFrom: "
        'Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` '
        "or `fileKeyRef`"),
    "a request above its limit": (container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'),
    "a probe of two kinds": (container(livenessProbe={**EXEC, "tcpSocket": {"port": 1}}),
        "spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
    "a sleep longer than the grace": (container(lifecycle={"preStop": {"sleep": {"seconds": 100}}}),
        "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than "
        "terminationGracePeriodSeconds (30)"),
    "a toleration of nothing": (pod_spec(tolerations=[{"operator": "Equal", "value": "b"}]),
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which '
        'means "match all values and all keys"'),
    "a deadline of no time": (pod_spec(activeDeadlineSeconds=0),
        "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"),
    "a resolver that is not given": (pod_spec(dnsPolicy="None"),
        "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
    "two faults at once": (pod_spec(containers=[{"name": "c"}], restartPolicy="X"),
        '[spec.containers[0].image: Required value, spec.restartPolicy: Unsupported value: "X": supported values: '
        '"Always", "OnFailure", "Never"]'),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), PODS.values(), ids=PODS.keys())
def test_a_new_pod_with(bench: Bench, spec: dict[str, Any], message: str) -> None:
    response = bench.ask("create", "pods", body=manifest(spec))

    assert (response.code, response.body["message"]) == (422, f'Pod "p" is invalid: {message}')


def test_a_pod_that_is_like_these_but_right_is_taken(bench: Bench) -> None:
    spec = pod_spec(
        containers=[
            {
                "name": "c",
                "image": "a",
                "ports": [{"containerPort": 80}],
                "env": [{"name": "A", "value": "x"}],
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}},
            }
        ],
        initContainers=[{"name": "i", "image": "a"}],
        volumes=[{"name": "v", "emptyDir": {}}],
        tolerations=[{"operator": "Exists"}],
    )

    assert bench.ask("create", "pods", body=manifest(spec)).code == 201


NO_OTHER = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
)
UPDATES: dict[str, tuple[dict[str, Any], str]] = {
    "another restart policy": ({"restartPolicy": "Never"}, f"spec: Forbidden: {NO_OTHER}" + """\
@@ -35,7 +35,7 @@
   }
  ],
  "EphemeralContainers": null,
- "RestartPolicy": "Always",
+ "RestartPolicy": "Never",
  "TerminationGracePeriodSeconds": 30,
  "ActiveDeadlineSeconds": null,
  "DNSPolicy": "ClusterFirst",
"""),
    "one more container": ({"containers": [{"name": "d", "image": "a"}]},
        "spec.containers: Forbidden: pod updates may not add or remove containers"),
    "one toleration less": ({"tolerations": []},
        "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), UPDATES.values(), ids=UPDATES.keys())
def test_a_live_pod_may_not_get(bench: Bench, change: dict[str, Any], message: str) -> None:
    bench.pod(tolerations=[{"key": "a", "operator": "Exists"}])

    with pytest.raises(ApiError) as refusal:
        bench.user.patch("pods", "default", "p", {"spec": change})

    assert refusal.value.message == f'Pod "p" is invalid: {message}'


ALLOWED: dict[str, dict[str, Any]] = {
    "another image": {"containers": [{"name": "c", "image": "busybox:1.36"}]},
    "one toleration more": {"tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Exists"}]},
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_live_pod_may_get(bench: Bench, change: dict[str, Any]) -> None:
    bench.pod(tolerations=[{"key": "a", "operator": "Exists"}])

    assert bench.user.patch("pods", "default", "p", {"spec": change})["metadata"]["generation"] == 2


OTHERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a service without ports": ("Service", {"spec": {}}, "spec.ports: Required value"),
    "two ports without names": ("Service", {"spec": {"ports": [{"port": 1}, {"port": 2}]}},
        "[spec.ports[0].name: Required value, spec.ports[1].name: Required value]"),
    "a service type that is none": ("Service", {"spec": {"type": "X", "ports": [{"port": 1}]}},
        'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'),
    "a key that is none": ("ConfigMap", {"data": {"a/b": "x"}}, 'data[a/b]: Invalid value: "a/b": a valid config key '
        "must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
        "regex used for validation is '[-._a-zA-Z0-9]+')"),
    "a certificate without its key": ("Secret", {"type": "kubernetes.io/tls", "stringData": {"tls.crt": ""}},
        "data[tls.key]: Required value"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "parts", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_another_new_object_with(bench: Bench, kind: str, parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refusal:
        bench.create(kind, "x", **parts)

    assert refusal.value.message == f'{kind} "x" is invalid: {message}'


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_what_is_immutable_stays(bench: Bench, kind: str) -> None:
    made = bench.create(kind, "x", immutable=True, data={"a": "MQ=="})

    with pytest.raises(ApiError, match="data: Forbidden: field is immutable when `immutable` is set"):
        bench.user.update(f"{kind.lower()}s", {**made, "data": {"a": "Mg=="}})
