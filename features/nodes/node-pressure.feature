@A12 @needs:node-failure
Feature: A node that runs short evicts pods
  First those that use more than they request, then those of lower priority, then those furthest above their request.

  Scenario: Memory
    Given the manifest "modest-and-greedy.yaml"
    Then pod "modest" shows "Running"
    And pod "greedy" shows "Running"
    When node "node1" runs short of memory
    Then pod "greedy" has ".status.reason" equal to "Evicted" within 20 seconds
    And pod "greedy" has an event "Evicted" saying "The node was low on resource: memory."
    And condition "DisruptionTarget" of pod "greedy" is "True" with reason "TerminationByKubelet"
    And condition "MemoryPressure" of node "node1" is "True" within 20 seconds
    And node "node1" has the taint "node.kubernetes.io/memory-pressure:NoSchedule"
    And pod "modest" stays "Running" for 1 minute
    When node "node1" has enough memory again
    Then condition "MemoryPressure" of node "node1" is "False" within 6 minutes
    And node "node1" has no taints
