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
