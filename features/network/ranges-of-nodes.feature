@C1 @C4 @needs:packet-paths @needs:fresh-nodes
Feature: A node's range of addresses is finite
  A range of four has one address for a pod: the first is the network's, the next the bridge's, the last is for all.

  Scenario: The second pod waits until the first gives its address back
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/30 |
    And the manifest "server.yaml" with the values:
      | NAME | first |
      | NODE | node1 |
    Then pod "first" shows "Running"
    And pod "first" has ".status.podIP" equal to "100.96.1.2"
    When the manifest "server.yaml" is applied with the values:
      | NAME | second |
      | NODE | node1  |
    Then pod "second" has an event "FailedCreatePodSandBox" saying "plugin type=\"flannel\" failed (add): failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: 100.96.1.1-100.96.1.2"
    And pod "second" stays "ContainerCreating" for 30 seconds
    When pod "first" is deleted
    Then pod "second" shows "Running" within 1 minute
    And pod "second" has ".status.podIP" equal to "100.96.1.2"

  Scenario: Addresses are handed out in turn, so that one comes back late
    Given the nodes:
      | name  | pod CIDR      |
      | node1 | 100.96.1.0/29 |
    And the manifest "server.yaml" with the values:
      | NAME | first |
      | NODE | node1 |
    Then pod "first" has ".status.podIP" equal to "100.96.1.2"
    When pod "first" is deleted
    And 5 seconds pass
    And the manifest "server.yaml" is applied with the values:
      | NAME | second |
      | NODE | node1  |
    Then pod "second" has ".status.podIP" equal to "100.96.1.3"
