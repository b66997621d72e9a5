"""The plugins of a default API server, in their order.

Source: pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins, DefaultOffAdmissionPlugins.
"""

from functools import cache

from podproof.simulator.api.admission.accounts import SERVICE_ACCOUNT
from podproof.simulator.api.admission.asking import Admit, Asking, Judge, Plugin
from podproof.simulator.api.admission.limits import LIMIT_RANGER
from podproof.simulator.api.admission.namespaces import NAMESPACE_LIFECYCLE
from podproof.simulator.api.admission.networking import DEFAULT_INGRESS_CLASS
from podproof.simulator.api.admission.placement import DEFAULT_TOLERATION_SECONDS, RUNTIME_CLASS, TAINT_NODES
from podproof.simulator.api.admission.priority import PRIORITY
from podproof.simulator.api.admission.quotas import RESOURCE_QUOTA
from podproof.simulator.api.admission.security import POD_SECURITY
from podproof.simulator.api.admission.storage import CLAIM_RESIZE, DEFAULT_STORAGE_CLASS, OBJECT_IN_USE

PLUGINS: tuple[Plugin, ...] = (
    NAMESPACE_LIFECYCLE,
    LIMIT_RANGER,
    SERVICE_ACCOUNT,
    TAINT_NODES,
    POD_SECURITY,
    PRIORITY,
    DEFAULT_TOLERATION_SECONDS,
    DEFAULT_STORAGE_CLASS,
    OBJECT_IN_USE,
    CLAIM_RESIZE,
    RUNTIME_CLASS,
    DEFAULT_INGRESS_CLASS,
    RESOURCE_QUOTA,
)


def admit(asking: Asking) -> None:
    """Let every plugin complete or refuse a write.

    Raises:
        ApiError: a plugin refuses.
    """
    for change in _admitting(asking.resource.struct, asking.operation, asking.subresource):
        change(asking)


def validate(asking: Asking) -> tuple[str, ...]:
    """Let every plugin judge what is about to be stored; return their warnings.

    Raises:
        ApiError: a plugin refuses.
    """
    judges = _judging(asking.resource.struct, asking.operation, asking.subresource)
    return tuple(warning for judge in judges for warning in judge(asking))


def pass_component(asking: Asking) -> None:
    """Hold what a component writes as it is to the plugins that look at every writer.

    Raises:
        ApiError: a plugin refuses.
    """
    for plugin in _for_components(asking.resource.struct, asking.operation, asking.subresource):
        if plugin.admit is not None:
            plugin.admit(asking)
        if plugin.validate is not None:
            plugin.validate(asking)


def _concerned(kind: str, operation: str, subresource: str) -> list[Plugin]:
    return [plugin for plugin in PLUGINS if plugin.concerns(kind, operation, subresource)]


@cache
def _admitting(kind: str, operation: str, subresource: str) -> tuple[Admit, ...]:
    found = _concerned(kind, operation, subresource)
    return tuple(plugin.admit for plugin in found if plugin.admit is not None)


@cache
def _judging(kind: str, operation: str, subresource: str) -> tuple[Judge, ...]:
    found = _concerned(kind, operation, subresource)
    return tuple(plugin.validate for plugin in found if plugin.validate is not None)


@cache
def _for_components(kind: str, operation: str, subresource: str) -> tuple[Plugin, ...]:
    return tuple(plugin for plugin in _concerned(kind, operation, subresource) if plugin.components)
