"""The rules of each kind, loaded when the first object of the kind is written."""

from collections.abc import Callable, Mapping

from podproof.simulator.api.rules import Rules


def _pods() -> Rules:
    from podproof.simulator.api.kinds.pods import RULES

    return RULES


def _services() -> Rules:
    from podproof.simulator.api.kinds.services import RULES

    return RULES


def _namespaces() -> Rules:
    from podproof.simulator.api.kinds.namespaces import RULES

    return RULES


def _config_maps() -> Rules:
    from podproof.simulator.api.kinds.configuration import CONFIG_MAPS

    return CONFIG_MAPS


def _secrets() -> Rules:
    from podproof.simulator.api.kinds.configuration import SECRETS

    return SECRETS


def _endpoints() -> Rules:
    from podproof.simulator.api.kinds.endpoints import ENDPOINTS

    return ENDPOINTS


def _slices() -> Rules:
    from podproof.simulator.api.kinds.endpoints import SLICES

    return SLICES


RULES: Mapping[str, Callable[[], Rules]] = {
    "Pod": _pods,
    "Service": _services,
    "Namespace": _namespaces,
    "ConfigMap": _config_maps,
    "Secret": _secrets,
    "Endpoints": _endpoints,
    "EndpointSlice": _slices,
}
"""The kinds with rules beyond their schema; every other row of `data/resources.yaml` has those all kinds share."""
