"""Labels of nodes that have another name now, and the warnings about using them.

Source: pkg/api/node/util.go, deprecatedNodeLabels, GetWarningsForNodeSelectorTerm.
"""

from collections.abc import Iterator

from podproof.simulator.model.objects import Object

DEPRECATED = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
"""The label, and what is said about it."""


def term_warnings(term: Object, field: str) -> Iterator[str]:
    """Yield a warning for each such label in a term that selects nodes."""
    for index, demand in enumerate(term.get("matchExpressions") or ()):
        key = demand.get("key", "")
        if key in DEPRECATED:
            yield f"{field}.matchExpressions[{index}].key: {key} is {DEPRECATED[key]}"
