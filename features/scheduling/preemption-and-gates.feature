@A12 @needs:node-failure
Feature: Who goes first, and who waits
  A pod of higher priority makes room for itself; a pod with a gate is not looked at before the gate is gone.

  Background:
    Given the nodes:
      | name | cpu |
      | only | 4   |

  Scenario: A pod of higher priority drives another away
    Given the manifest "worker.yaml" with the values:
      | NAME | ordinary |
      | CPU  | 2        |
    Then pod "ordinary" shows "Running"
    Given the manifest "important.yaml" with the values:
      | POLICY | PreemptLowerPriority |
    Then pod "important" has an event "FailedScheduling" saying "0/1 nodes are available: 1 Insufficient cpu."
    And pod "important" has ".status.nominatedNodeName" equal to "only"
    And pod "ordinary" has an event "Preempted" saying "Preempted by pod"
    And pod "ordinary" does not exist
    And pod "important" shows "Running"

  Scenario: Of several it drives away the one that no disruption budget keeps
    Given the nodes:
      | name   | cpu |
      | first  | 4   |
      | second | 4   |
    And the manifest "budget.yaml"
    And the manifest "worker-on-node.yaml" with the values:
      | NAME | free  |
      | CPU  | 2     |
      | NODE | first |
    And the manifest "kept.yaml"
    And pod "free" shows "Running"
    And pod "kept" shows "Running"
    And poddisruptionbudget "keep" has ".status.disruptionsAllowed" equal to "0"
    When the manifest "important.yaml" is applied with the values:
      | POLICY | PreemptLowerPriority |
    Then pod "important" has ".status.nominatedNodeName" equal to "first"
    And pod "free" does not exist
    And pod "important" shows "Running"
    And pod "kept" has no event "Preempted"

  Scenario: Apart from another it waits until that one is gone, and asks no sooner
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: rival, labels: {app: rival}}
      spec:
        terminationGracePeriodSeconds: 20
        containers: [{name: app, image: "busybox:1.28", command: [sleep, "86400"]}]
      """
    And pod "rival" shows "Running"
    When the manifest "apart-and-important.yaml" is applied
    Then pod "apart" has ".status.nominatedNodeName" equal to "only"
    When 15 seconds pass
    Then condition "PodScheduled" of pod "apart" is "False"
    And pod "apart" has ".status.conditions[0].message" equal to "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."
    And pod "apart" shows "Running"

  Scenario: A class that never preempts waits for room
    Given the manifest "worker.yaml" with the values:
      | NAME | ordinary |
      | CPU  | 2        |
    Then pod "ordinary" shows "Running"
    Given the manifest "important.yaml" with the values:
      | POLICY | Never |
    Then pod "important" stays "Pending" for 1 minute
    And pod "ordinary" has no event "Preempted"
    When pod "ordinary" is deleted
    Then pod "important" shows "Running"

  Scenario: A gate holds a pod back
    Given the manifest "held-back.yaml"
    Then pod "held-back" shows "SchedulingGated"
    And condition "PodScheduled" of pod "held-back" is "False" with reason "SchedulingGated"
    And pod "held-back" stays "SchedulingGated" for 10 minutes
    And pod "held-back" has no event "Scheduled"
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: held-back
      spec:
        containers:
          - name: app
            image: busybox:1.28
            command: ["sleep", "86400"]
      """
    Then pod "held-back" shows "Running"
