@A12 @needs:node-failure
Feature: A pod goes where its requests fit
  What fits nowhere waits, says why, and is tried again when something changes that may help it.

  Scenario: The message counts the reasons of all nodes, and room on a node that joins is taken
    Given the nodes:
      | name  | cpu | memory |
      | small | 1   | 1Gi    |
      | other | 1   | 1Gi    |
    And the manifest "worker.yaml" with the values:
      | NAME | big |
      | CPU  | 2   |
    Then pod "big" has an event "FailedScheduling" saying "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    And condition "PodScheduled" of pod "big" is "False" with reason "Unschedulable"
    And pod "big" stays "Pending" for 10 minutes
    When the nodes join:
      | name  | cpu | memory |
      | large | 4   | 8Gi    |
    Then pod "big" shows "Running"
    And pod "big" has ".spec.nodeName" equal to "large"

  Scenario: Room that a pod leaves is taken
    Given the nodes:
      | name | cpu |
      | only | 2   |
    And the manifest "worker.yaml" with the values:
      | NAME | first |
      | CPU  | 1500m |
    Then pod "first" shows "Running"
    Given the manifest "worker.yaml" with the values:
      | NAME | second |
      | CPU  | 1      |
    Then pod "second" stays "Pending" for 1 minute
    When pod "first" is deleted
    Then pod "second" shows "Running"

  Scenario: A cordoned node takes no pods, and keeps those it has
    Given the nodes:
      | name | cpu |
      | only | 4   |
    And the manifest "worker.yaml" with the values:
      | NAME | first |
      | CPU  | 1     |
    Then pod "first" shows "Running"
    When node "only" is cordoned
    Then node "only" has the taint "node.kubernetes.io/unschedulable:NoSchedule"
    Given the manifest "worker.yaml" with the values:
      | NAME | second |
      | CPU  | 1      |
    Then pod "second" has an event "FailedScheduling" saying "0/1 nodes are available: 1 node(s) were unschedulable."
    And pod "first" stays "Running" for 1 minute
    When node "only" is uncordoned
    Then pod "second" shows "Running"
    And node "only" has no taints

  Scenario: A drained node is empty, and may leave
    Given the nodes:
      | name | cpu |
      | old  | 4   |
    And the manifest "worker.yaml" with the values:
      | NAME | first |
      | CPU  | 1     |
    Then pod "first" shows "Running"
    When node "old" is drained
    Then pod "first" does not exist
    When the nodes join:
      | name | cpu |
      | new  | 4   |
    And node "old" leaves the cluster
    And the manifest "worker.yaml" is applied with the values:
      | NAME | second |
      | CPU  | 1      |
    Then pod "second" shows "Running"
    And pod "second" has ".spec.nodeName" equal to "new"

  Scenario: Nodes kept for those that bear their taint
    Given the nodes:
      | name  | labels   | taints                   |
      | plain |          |                          |
      | gpu   | pool=gpu | dedicated=gpu:NoSchedule |
    And the manifest "worker.yaml" with the values:
      | NAME | common |
      | CPU  | 1      |
    And the manifest "patient-worker.yaml" with the values:
      | NAME | special |
    Then pod "special" shows "Running"
    And pod "special" has ".spec.nodeName" equal to "gpu"
    And pod "common" has ".spec.nodeName" equal to "plain"
    When node "gpu" is tainted with "broken:NoExecute"
    Then pod "special" does not exist
    And pod "common" stays "Running" for 1 minute

  Scenario: A label that is put on a node lets a pod in that waited for it
    Given the nodes:
      | name | taints                   |
      | bare | dedicated=gpu:NoSchedule |
    And the manifest "patient-worker.yaml" with the values:
      | NAME | special |
    Then pod "special" has an event "FailedScheduling" saying "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    When node "bare" is labelled "pool=gpu"
    Then pod "special" shows "Running"
    Given the manifest "worker.yaml" with the values:
      | NAME | common |
      | CPU  | 1      |
    Then pod "common" has an event "FailedScheduling" saying "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
    When the taint "dedicated=gpu:NoSchedule" of node "bare" is removed
    Then pod "common" shows "Running"
