"""Whether a container that ended is started again: container rules first, then its policy, then the pod's."""

from podproof.simulator.model.objects import Object, containers_of

ALWAYS, ON_FAILURE, NEVER = "Always", "OnFailure", "Never"
RESTART_ALL = "RestartAllContainers"
RESTARTING_ALL = "RestartingAllContainers"
"""The termination reason of a container that a restart of all containers removed."""


def is_sidecar(container: Object) -> bool:
    """Say whether an init container is one that stays (a restartable init container)."""
    return container.get("restartPolicy") == ALWAYS


def rule_action(container: Object, exit_code: int) -> str:
    """Return the action of the first restartPolicyRules entry that matches an exit code, "" if none does.

    Source: pkg/api/v1/pod/util.go, FindMatchingContainerRestartRule.
    """
    for rule in container.get("restartPolicyRules") or ():
        exits = rule.get("exitCodes") or {}
        listed = exit_code in (exits.get("values") or ())
        if exits and listed == (exits.get("operator") == "In"):
            return str(rule.get("action", ""))
    return ""


def may_restart_all(spec: Object) -> bool:
    """Say whether an exit of some container of a pod spec restarts all of them.

    Source: pkg/api/v1/pod/util.go, AllContainersCouldRestart.
    """
    ruled = [rules for container in containers_of(spec) if (rules := container.get("restartPolicyRules"))]
    return any(rule.get("action") == RESTART_ALL for rules in ruled for rule in rules)


def should_restart(container: Object, spec: Object, exit_code: int) -> bool:
    """Say whether a container of a pod spec is started again after it ended with `exit_code`.

    Source: pkg/api/v1/pod/util.go, ContainerShouldRestart.
    """
    if rule_action(container, exit_code):
        return True
    policy = container.get("restartPolicy") or spec.get("restartPolicy") or ALWAYS
    return bool(policy == ALWAYS or (policy == ON_FAILURE and exit_code != 0))
