@A3 @needs:node-failure
Feature: A node whose kubelet stops
  Its containers go on, but 50 seconds after its last sign of life was noticed nobody counts on them any more.

  Scenario: One of two nodes is lost: pods leave it when they tolerate it no longer
    Given the nodes:
      | name   | cpu | memory |
      | first  | 4   | 8Gi    |
      | second | 4   | 8Gi    |
    And the manifest "patient-and-impatient.yaml"
    Then pod "patient" shows "Running"
    And pod "impatient" shows "Running"
    When the kubelet of node "first" stops
    Then condition "Ready" of node "first" is "Unknown" with reason "NodeStatusUnknown" within 1 minute
    And condition "Ready" of pod "impatient" is "False"
    And pod "impatient" has an event "NodeNotReady" saying "Node is not ready"
    And node "first" has the taint "node.kubernetes.io/unreachable:NoSchedule"
    And node "first" has the taint "node.kubernetes.io/unreachable:NoExecute"
    And pod "impatient" shows "Terminating" within 31 seconds
    And pod "impatient" has an event "TaintManagerEviction" saying "Marking for deletion Pod default/impatient"
    And pod "patient" stays "Running" for 1 minute
    When the kubelet of node "first" starts again
    Then condition "Ready" of node "first" is "True"
    And node "first" has an event "Starting" saying "Starting kubelet."
    And node "first" has an event "NodeReady" saying "Node first status is now: NodeReady"
    And node "first" has an event "NodeHasSufficientMemory"
    And condition "Ready" of pod "patient" is "True"
    And node "first" has no taints
    And pod "impatient" does not exist
    And pod "patient" has an event "TaintManagerEviction" saying "Cancelling deletion of Pod default/patient"

  Scenario: Where every node is lost, nobody is driven away
    Given the manifest "resizable.yaml"
    Then pod "resizable" shows "Running"
    When the kubelet of node "node1" stops
    Then reading the log of container "app" of pod "resizable" is refused with "dial tcp 192.168.0.10:10250: connect: connection refused"
    And condition "Ready" of pod "resizable" is "False" within 1 minute
    And node "node1" has the taint "node.kubernetes.io/unreachable:NoSchedule"
    And pod "resizable" stays "Running" for 10 minutes
