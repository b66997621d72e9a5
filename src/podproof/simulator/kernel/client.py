"""How the cluster's own parts speak to the API server: typed calls that return bodies and raise refusals."""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.kernel.requests import ApiError, Request, Response, Watch
from podproof.simulator.model.objects import Object


class Client:
    """Calls the API function as `user`. Every method raises `ApiError` where the server refuses."""

    def __init__(self, handle: Callable[[Request], Response], user: str) -> None:
        self._handle = handle
        self._user = user

    @property
    def component(self) -> str:
        """The last part of the user's name: "replicaset-controller", "kubelet", …."""
        return self._user.rpartition(":")[2]

    def get(self, resource: str, namespace: str, name: str) -> dict[str, Any]:
        """Return one object."""
        return self._body(Request("get", resource, namespace, name, user=self._user))

    def scale(self, resource: str, namespace: str, name: str) -> dict[str, Any]:
        """Return the Scale of an object."""
        return self._body(Request("get", resource, namespace, name, "scale", user=self._user))

    def list(
        self, resource: str, namespace: str = "", label_selector: str = "", field_selector: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        """Return the objects of a namespace ("": of all) and the resourceVersion they were listed at."""
        params = _given(labelSelector=label_selector, fieldSelector=field_selector)
        body = self._body(Request("list", resource, namespace, params=params, user=self._user))
        return body["items"], body["metadata"]["resourceVersion"]

    def create(self, resource: str, body: Object, namespace: str = "") -> dict[str, Any]:
        """Create an object, in the namespace it names unless another is given."""
        where = namespace or body["metadata"].get("namespace", "")
        return self._body(Request("create", resource, where, body=body, user=self._user))

    def update(self, resource: str, body: Object) -> dict[str, Any]:
        """Replace an object; its resourceVersion, where it carries one, must be the stored one."""
        return self._body(self._about("update", resource, body))

    def update_status(self, resource: str, body: Object) -> dict[str, Any]:
        """Replace an object's status and nothing else."""
        return self._body(self._about("update", resource, body, "status"))

    def patch(
        self, resource: str, namespace: str, name: str, body: Any, kind: str = "strategic", subresource: str = ""
    ) -> dict[str, Any]:
        """Apply a patch: json, merge or strategic."""
        params = {"patchType": kind}
        return self._body(Request("patch", resource, namespace, name, subresource, body, params, self._user))

    def delete(
        self,
        resource: str,
        namespace: str,
        name: str,
        grace_seconds: int | None = None,
        uid: str = "",
        propagation: str = "",
    ) -> dict[str, Any]:
        """Ask for an object's deletion; with `uid`, only of that very object.

        `propagation` is what becomes of its dependents: Background, Foreground, Orphan, or the kind's own way ("").
        """
        options: dict[str, Any] = {} if grace_seconds is None else {"gracePeriodSeconds": grace_seconds}
        if propagation:
            options["propagationPolicy"] = propagation
        if uid:
            options["preconditions"] = {"uid": uid}
        return self._body(Request("delete", resource, namespace, name, body=options, user=self._user))

    def finalize(self, namespace: Object) -> dict[str, Any]:
        """Replace the finalizers in a namespace's spec; without any, and when it is being deleted, it goes."""
        return self._body(self._about("update", "namespaces", namespace, "finalize"))

    def bind(self, namespace: str, name: str, node: str) -> None:
        """Bind a pod to a node."""
        target = {"apiVersion": "v1", "kind": "Node", "name": node}
        meta = {"name": name, "namespace": namespace}
        body = {"apiVersion": "v1", "kind": "Binding", "metadata": meta, "target": target}
        self._body(Request("create", "pods", namespace, name, "binding", body, user=self._user))

    def watch(self, resource: str, namespace: str = "", since: str = "", *, bookmarks: bool = False) -> Watch:
        """Open a watch; without `since` what exists arrives first, as ADDED."""
        params = _given(resourceVersion=since, allowWatchBookmarks="true" if bookmarks else "")
        response = self._handle(Request("watch", resource, namespace, params=params, user=self._user))
        if response.watch is None:
            raise ApiError(response.body)
        return response.watch

    def _about(self, verb: str, resource: str, body: Object, subresource: str = "") -> Request:
        meta = body["metadata"]
        return Request(verb, resource, meta.get("namespace", ""), meta["name"], subresource, body, user=self._user)

    def _body(self, request: Request) -> dict[str, Any]:
        response = self._handle(request)
        if response.code >= 400:
            raise ApiError(response.body)
        body: dict[str, Any] = response.body
        return body


def _given(**params: str) -> Mapping[str, str]:
    return {key: value for key, value in params.items() if value}
