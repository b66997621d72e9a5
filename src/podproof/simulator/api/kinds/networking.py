"""The rules of the group networking.k8s.io.

Source: pkg/apis/networking/v1/defaults.go; pkg/registry/networking/*/strategy.go.
"""

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.networking import (
    ingress_class_faults,
    ingress_class_update_faults,
    ingress_faults,
    ingress_update_faults,
    policy_faults,
)


def _begin_ingress(item: Draft) -> None:
    item["status"] = {"loadBalancer": {}}


def _default_class(item: Draft) -> None:
    parameters = item.setdefault("spec", {}).get("parameters")
    if parameters is not None:
        parameters.setdefault("scope", "Cluster")


def _default_policy(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    for direction in ("ingress", "egress"):
        for rule in spec.get(direction) or ():
            for port in rule.get("ports") or ():
                port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]


INGRESSES = Rules(begin=_begin_ingress, validate=ingress_faults, validate_update=ingress_update_faults, derives=True)
CLASSES = Rules(
    default=_default_class,
    validate=ingress_class_faults,
    validate_update=ingress_class_update_faults,
    derives=True,
)
POLICIES = Rules(
    default=_default_policy,
    validate=policy_faults,
    validate_update=lambda item, _: policy_faults(item),
    derives=True,
)
