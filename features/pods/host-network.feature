@A2
Feature: A pod may live on its node's own network
  It then has the node's address and name at once, and asks the node's resolver unless its dnsPolicy says otherwise.

  Scenario: The pod's address is the node's, before anything runs
    Given the manifest "on-host-network.yaml"
    Then pod "on-host-network" shows "ContainerCreating"
    And pod "on-host-network" has ".status.podIP" equal to "192.168.0.10"
    And pod "on-host-network" shows "Running"
    And pod "on-host-network" has ".status.hostIP" equal to "192.168.0.10"
    And the log of pod "on-host-network" contains "node1"
    And the log of container "app" of pod "on-host-network" does not contain "cluster.local"
