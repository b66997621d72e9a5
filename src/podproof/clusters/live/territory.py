"""What a scenario may write to on a cluster that is not its own: its namespace, and what it has made itself."""

from typing import Any

from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object, replaced

RUN = "podproof/run"
"""The label of whatever a run has made, its value the run's id."""
_WRITES = ("create", "update", "patch", "delete")


class Territory:
    """Which writes of one scenario are let through. `made` are the objects outside its namespace that it has created:
    resource and name.
    """

    def __init__(self, namespace: str, run: str) -> None:
        self.namespace, self.run = namespace, run
        self.made: list[tuple[str, str]] = []

    def holds(self, request: Request) -> bool:
        """Say whether a request leaves alone what others have made."""
        if request.verb not in _WRITES or request.namespace == self.namespace:
            return True
        if request.namespace:
            return ("namespaces", request.namespace) in self.made
        created = request.verb == "create" and not request.subresource
        return created or (request.resource, request.name) in self.made

    def is_siblings(self, item: Object | None) -> bool:
        """Say whether another scenario of the same run has made something outside of namespaces."""
        meta = (item or {}).get("metadata") or {}
        return bool(self.run) and (meta.get("labels") or {}).get(RUN) == self.run

    def marked(self, request: Request) -> Request:
        """Return a request whose object is told to be this run's; what is in a namespace goes with that."""
        if request.verb != "create" or request.namespace or request.subresource:
            return request
        return request._replace(body=labelled(request.body, {RUN: self.run}))

    def answered(self, request: Request, name: str) -> None:
        """Note what was created outside the namespace."""
        if request.verb == "create" and not request.namespace and not request.subresource:
            self.made.append((request.resource, name))


def labelled(item: Object, labels: dict[str, str]) -> dict[str, Any]:
    """Return an object with labels more."""
    had = (item.get("metadata") or {}).get("labels") or {}
    return replaced(item, ("metadata", "labels"), {**had, **labels})
