"""Custom objects from their definition to its end."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request
from podproof.simulator.world import World
from tests.unit.custom.crontabs import (
    CRDS,
    CRONTABS,
    conditions,
    crds,
    create,
    crontab,
    definition,
    pass_time,
    world_with,
)

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["cronSpec"],
    "properties": {
        "cronSpec": {"type": "string"},
        "image": {"type": "string", "default": "busybox"},
        "replicas": {"type": "integer", "minimum": 1},
    },
}


def get(world: World, name: str = "mine", resource: str = CRONTABS) -> dict[str, Any]:
    found: dict[str, Any] = world.handle(Request("get", resource, "default", name)).body
    return found


def update(world: World, item: dict[str, Any], subresource: str = "") -> Any:
    return world.handle(Request("update", CRONTABS, "default", item["metadata"]["name"], subresource, item))


def test_a_definition_is_established_once_its_names_are_accepted() -> None:
    assert conditions(crds(world_with(definition(SPEC)))) == {
        "NamesAccepted": ("True", "NoConflicts"), "Established": ("True", "InitialNamesAccepted")}  # fmt: skip


def test_before_that_nothing_is_served() -> None:
    world = World()
    world.handle(Request("create", CRDS, body=definition(SPEC)))

    assert create(world, crontab(cronSpec="*")).body["message"] == "the server could not find the requested resource"


def test_a_name_that_another_definition_has_is_not_accepted() -> None:
    other = definition(SPEC, {"plural": "others", "singular": "other", "kind": "CronTab", "shortNames": ["ot"]})

    world = world_with(definition(SPEC), other)

    assert conditions(crds(world, "others.stable.example.com")) == {
        "NamesAccepted": ("False", "ListKindConflict"), "Established": ("False", "NotAccepted")}  # fmt: skip


def test_it_is_accepted_when_the_other_definition_goes() -> None:
    other = definition(SPEC, {"plural": "others", "singular": "other", "shortNames": ["ot"]})
    world = world_with(definition(SPEC), other)

    world.handle(Request("delete", CRDS, name=CRONTABS))
    pass_time(world)

    assert conditions(crds(world, "others.stable.example.com"))["Established"] == ("True", "InitialNamesAccepted")


def test_an_object_is_completed_and_stored() -> None:
    world = world_with(definition(SPEC))

    create(world, crontab(cronSpec="*"))

    assert get(world)["spec"] == {"cronSpec": "*", "image": "busybox"}
    assert get(world)["metadata"]["generation"] == 1


def test_an_unknown_field_is_refused_by_kubectl_and_left_out_else() -> None:
    world = world_with(definition(SPEC))
    item = crontab(cronSpec="*", colour="blue")

    assert create(world, item).body["message"] == (
        'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.colour"'
    )
    assert create(world, item, fieldValidation="Warn").warnings == ('unknown field "spec.colour"',)
    assert "colour" not in get(world)["spec"]


def test_objects_are_listed_under_the_kind_of_their_list() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    found = world.handle(Request("list", CRONTABS, "default")).body

    assert (found["kind"], len(found["items"])) == ("CronTabList", 1)


def test_changes_are_watched() -> None:
    world, seen = world_with(definition(SPEC)), []
    watch = world.handle(Request("watch", CRONTABS)).watch
    assert watch is not None
    watch.subscribe(lambda event: seen.append(event.type))

    create(world, crontab(cronSpec="*"))
    update(world, {**get(world), "spec": {"cronSpec": "x"}})
    world.handle(Request("delete", CRONTABS, "default", "mine"))

    assert seen == ["ADDED", "MODIFIED", "DELETED"]


def test_every_part_counts_for_the_generation_but_the_metadata() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    update(world, {**get(world), "metadata": {**get(world)["metadata"], "labels": {"a": "b"}}})
    assert get(world)["metadata"]["generation"] == 1

    update(world, {**get(world), "status": {"replicas": 1}})
    assert get(world)["metadata"]["generation"] == 2


def test_with_the_subresource_the_status_is_written_by_its_own_path_only() -> None:
    world = world_with(definition(SPEC, subresources={"status": {}}))
    create(world, {**crontab(cronSpec="*"), "status": {"replicas": 1}})
    assert "status" not in get(world)

    update(world, {**get(world), "spec": {"cronSpec": "x"}, "status": {"replicas": 2}})
    assert ("status" in get(world), get(world)["spec"]["cronSpec"]) == (False, "x")

    update(world, {**get(world), "spec": {"cronSpec": "y"}, "status": {"replicas": 3}}, "status")
    assert (get(world)["status"], get(world)["spec"]["cronSpec"]) == ({"replicas": 3}, "x")
    assert get(world)["metadata"]["generation"] == 2


def test_a_status_is_held_to_its_schema() -> None:
    world = world_with(definition(SPEC, subresources={"status": {}}))
    create(world, crontab(cronSpec="*"))

    answer = update(world, {**get(world), "status": {"replicas": "many"}}, "status")

    assert answer.body["details"]["causes"] == [
        {"reason": "FieldValueTypeInvalid", "field": "status.replicas",
         "message": 'Invalid value: "string": status.replicas in body must be of type integer: "string"'}]  # fmt: skip


def test_without_the_subresource_there_is_no_such_path() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    assert update(world, get(world), "status").code == 404


def test_two_writers_and_one_conflict() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))
    seen = get(world)

    codes = [update(world, {**seen, "spec": {"cronSpec": text}}).code for text in ("a", "b")]

    assert (codes, get(world)["spec"]["cronSpec"]) == ([200, 409], "a")


def test_a_strategic_merge_patch_is_not_taken() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    answer = world.handle(Request("patch", CRONTABS, "default", "mine", body={}, params={"patchType": "strategic"}))

    assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")


def test_a_merge_patch_is() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    patch = {"spec": {"image": None, "replicas": 2}}
    world.handle(Request("patch", CRONTABS, "default", "mine", body=patch, params={"patchType": "merge"}))

    assert get(world)["spec"] == {"cronSpec": "*", "image": "busybox", "replicas": 2}


def test_a_definition_that_goes_takes_its_objects_with_it() -> None:
    world = world_with(definition(SPEC))
    create(world, crontab(cronSpec="*"))

    answer = world.handle(Request("delete", CRDS, name=CRONTABS))
    assert conditions(answer.body)["Terminating"] == ("True", "InstanceDeletionPending")
    pass_time(world)

    assert crds(world)["code"] == 404
    world.handle(Request("create", CRDS, body=definition(SPEC)))
    pass_time(world)
    assert world.handle(Request("list", CRONTABS)).body["items"] == []


def test_it_waits_for_the_finalizers_of_its_objects_and_takes_no_new_ones() -> None:
    world = world_with(definition(SPEC))
    item = crontab(cronSpec="*")
    create(world, {**item, "metadata": {"name": "held", "finalizers": ["example.com/hold"]}})

    world.handle(Request("delete", CRDS, name=CRONTABS))
    pass_time(world, 60)

    assert conditions(crds(world))["Terminating"] == ("True", "InstanceDeletionInProgress")
    assert create(world, item).body["message"] == ("create not allowed while custom resource definition is terminating")

    held = get(world, "held")
    update(world, {**held, "metadata": {**held["metadata"], "finalizers": []}})
    pass_time(world, 10)
    assert crds(world)["code"] == 404


def test_each_served_version_shows_the_same_objects() -> None:
    made = definition(SPEC)
    other = {**made["spec"]["versions"][0], "name": "v1beta1", "storage": False}
    made["spec"]["versions"].append(other)
    world = world_with(made)

    create(world, crontab(cronSpec="*"))

    seen = get(world, resource="crontabs.v1beta1.stable.example.com")
    assert (seen["apiVersion"], seen["spec"]["cronSpec"]) == ("stable.example.com/v1beta1", "*")
    assert get(world)["apiVersion"] == "stable.example.com/v1"


def test_a_kind_with_the_name_of_a_built_in_one_keeps_to_its_own_rules() -> None:
    world = world_with(definition(SPEC, {"kind": "Pod"}))

    answer = create(world, {**crontab(cronSpec="*"), "kind": "Pod"})

    assert (answer.code, answer.body["spec"]) == (201, {"cronSpec": "*", "image": "busybox"})


EMBEDDED = {"type": "object", "properties": {"template": {
    "type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True,
}}}  # fmt: skip
INSIDE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "one that fits": ({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": "b"}}}, []),
    "one of no kind": ({"x": 1}, ["spec.template.apiVersion", "spec.template.kind"]),
    "one whose kind is none": ({"apiVersion": "a/b/c", "kind": "pod!"}, [
        "spec.template.apiVersion", "spec.template.kind"]),
    "one with a label that is none": ({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a b": "c"}}}, [
        "spec.template.metadata.labels"]),
    "one whose name is a number": ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": 5}}, [
        "spec.template.metadata"]),
}  # fmt: skip


@pytest.mark.parametrize(("template", "fields"), INSIDE.values(), ids=INSIDE.keys())
def test_an_object_inside_is_judged_as_an_object(template: dict[str, Any], fields: list[str]) -> None:
    answer = create(world_with(definition(EMBEDDED)), crontab(template=template))

    causes = answer.body["details"]["causes"] if answer.code == 422 else []
    assert [each["field"] for each in causes] == fields


def test_a_namespace_that_goes_takes_custom_objects_with_it() -> None:
    world = world_with(definition(SPEC))
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}}
    world.handle(Request("create", "namespaces", body=space))
    world.handle(Request("create", CRONTABS, "team", body=crontab(cronSpec="*")))

    world.handle(Request("delete", "namespaces", name="team"))
    pass_time(world, 30)

    assert world.handle(Request("get", "namespaces", name="team")).code == 404
    assert world.handle(Request("list", CRONTABS)).body["items"] == []


def test_a_namespace_goes_though_a_definition_has_gone() -> None:
    world = world_with(definition(SPEC))
    world.handle(Request("create", "namespaces", body={"metadata": {"name": "n1"}}))
    world.handle(Request("delete", CRDS, name=CRONTABS))
    world.handle(Request("delete", "namespaces", name="n1"))

    pass_time(world, 60)

    assert world.handle(Request("get", "namespaces", name="n1")).code == 404


def test_what_a_custom_object_owns_goes_with_it() -> None:
    world = world_with(definition(SPEC))
    owner = create(world, crontab(cronSpec="*")).body
    reference = {"apiVersion": owner["apiVersion"], "kind": "CronTab", "name": "mine", "uid": owner["metadata"]["uid"]}
    owned = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owned", "ownerReferences": [reference]}}
    world.handle(Request("create", "configmaps", "default", body=owned))
    pass_time(world)

    world.handle(Request("delete", CRONTABS, "default", "mine"))
    pass_time(world, 5)

    assert world.handle(Request("get", "configmaps", "default", "owned")).code == 404


def test_one_cluster_knows_nothing_of_another_s_definitions() -> None:
    world_with(definition(SPEC))

    assert create(World(), crontab(cronSpec="*")).code == 404


SCALED = {"status": {}, "scale": {
    "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}}  # fmt: skip


def scale(world: World, verb: str = "get", body: Any = None, **params: str) -> Any:
    return world.handle(Request(verb, CRONTABS, "default", "mine", "scale", body, params)).body


def test_its_scale_is_where_its_definition_says() -> None:
    world = world_with(definition(SPEC, subresources=SCALED))
    create(world, crontab(cronSpec="*", replicas=2))
    update(world, {**get(world), "status": {"replicas": 1, "selector": "app=x"}}, "status")

    seen = scale(world)

    assert (seen["spec"], seen["status"]) == ({"replicas": 2}, {"replicas": 1, "selector": "app=x"})


def test_it_is_scaled() -> None:
    world = world_with(definition(SPEC, subresources=SCALED))
    create(world, crontab(cronSpec="*", replicas=2))

    scale(world, "patch", {"spec": {"replicas": 5}}, patchType="merge")

    assert (get(world)["spec"]["replicas"], get(world)["metadata"]["generation"]) == (5, 2)


def test_its_schema_holds_for_its_scale() -> None:
    world = world_with(definition(SPEC, subresources=SCALED))
    create(world, crontab(cronSpec="*", replicas=2))

    answer = scale(world, "patch", {"spec": {"replicas": 0}}, patchType="merge")

    assert answer["details"]["causes"][0]["field"] == "spec.replicas"


def test_a_scale_without_replicas() -> None:
    world = world_with(definition(SPEC, subresources=SCALED))
    create(world, crontab(cronSpec="*"))

    assert scale(world)["message"] == (
        'Internal error occurred: the spec replicas field ".spec.replicas" does not exist'
    )


def apply(world: World, manager: str, **spec: Any) -> Any:
    params = {"patchType": "apply", "fieldManager": manager}
    body = crontab(**spec)
    return world.handle(Request("patch", CRONTABS, "default", "mine", body=body, params=params))


def test_server_side_apply_takes_away_what_its_manager_no_longer_says() -> None:
    world = world_with(definition(SPEC))

    assert apply(world, "one", cronSpec="*", replicas=2).code == 201
    assert apply(world, "one", cronSpec="*").code == 200

    assert get(world)["spec"] == {"cronSpec": "*", "image": "busybox"}


def test_server_side_apply_of_what_another_manager_says_is_a_conflict() -> None:
    world = world_with(definition(SPEC))
    apply(world, "one", cronSpec="*")

    assert apply(world, "two", cronSpec="x").body["message"] == (
        'Apply failed with 1 conflict: conflict with "one": .spec.cronSpec'
    )


def test_server_side_apply_of_an_unknown_field_is_refused() -> None:
    assert (
        apply(world_with(definition(SPEC)), "one", cronSpec="*", colour="blue")
        .body["message"]
        .endswith(".spec.colour: field not declared in schema")
    )
