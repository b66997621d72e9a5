"""Metadata: owners, finalizers and notes, in the server's own words."""

from typing import Any

import pytest

from .conftest import Bench, manifest, pod_spec

OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "1"}
NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
NO_FINALIZER = "name is neither a standard finalizer name nor is it fully qualified"
FAULTY: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an owner of no version": ({"ownerReferences": [{**OWNER, "apiVersion": "apps/"}]},
        ['metadata.ownerReferences.apiVersion: Invalid value: "apps/": version must not be empty']),
    "an owner without a name": ({"ownerReferences": [{**OWNER, "name": ""}]},
        ['metadata.ownerReferences.name: Invalid value: "": must not be empty']),
    "an event as its owner": ({"ownerReferences": [{**OWNER, "kind": "Event"}]},
        ['metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"o","uid":"1"}: '
         "/v1, Kind=Event is disallowed from being an owner"]),
    "two controllers": (
        {"ownerReferences": [{**OWNER, "controller": True}, {**OWNER, "name": "p", "controller": True}]},
        ['metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"1",'
         '"controller":true},{"apiVersion":"v1","kind":"ConfigMap","name":"p","uid":"1","controller":true}]: '
         'Only one reference can have Controller set to true. Found "true" in references for ConfigMap/o and '
         "ConfigMap/p"]),
    "finalizers of two faults, those of form first": ({"finalizers": ["x", "a b"]},
        [f'metadata.finalizers: Invalid value: "a b": {NAME_PART}',
         f'metadata.finalizers[0]: Invalid value: "x": {NO_FINALIZER}',
         f'metadata.finalizers[1]: Invalid value: "a b": {NO_FINALIZER}']),
    "two ways to treat its dependents": ({"finalizers": ["orphan", "foregroundDeletion"]},
        ['metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: '
         "finalizer orphan and foregroundDeletion cannot be both set"]),
}  # fmt: skip


def told(response: Any) -> list[str]:
    return [f"{each['field']}: {each['message']}" for each in response.body["details"]["causes"]]


@pytest.mark.parametrize(("meta", "faults"), FAULTY.values(), ids=FAULTY.keys())
def test_a_new_object_with(bench: Bench, meta: dict[str, Any], faults: list[str]) -> None:
    assert told(bench.ask("create", "pods", body=manifest(pod_spec(), **meta))) == faults


@pytest.mark.parametrize(("kind", "times"), [("Pod", 4), ("PersistentVolumeClaim", 3)])
def test_an_update_is_asked_several_times_and_told_once(bench: Bench, kind: str, times: int) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    spec = pod_spec() if kind == "Pod" else claim
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "p"}, "spec": spec}
    resource = f"{kind.lower()}s"
    made = bench.ask("create", resource, body=body).body
    changed = {**made, "metadata": {**made["metadata"], "labels": {"a b": "c"}}}
    response = bench.ask("update", resource, "p", body=changed)
    fault = f'metadata.labels: Invalid value: "a b": {NAME_PART}'

    assert told(response) == [fault] * times
    assert response.body["message"] == f'{kind} "p" is invalid: {fault}'


def test_who_is_being_deleted_waits_for_nothing_more(bench: Bench) -> None:
    bench.create("ConfigMap", "m", metadata={"finalizers": ["a.io/b"]})
    bench.user.delete("configmaps", "default", "m")
    held = bench.user.get("configmaps", "default", "m")
    held = {**held, "metadata": {**held["metadata"], "finalizers": ["a.io/b", "z.io/c", "a.io/a"]}}

    assert told(bench.ask("update", "configmaps", "m", body=held))[0] == (
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, "
        'found new finalizers []string{"a.io/a", "z.io/c"}'
    )
