@A2
Feature: A port of a node may lead to a pod
  A hostPort is the node's, so only one pod of a node can have it.

  Scenario: Who asks the node is answered by the pod
    Given the manifest "host-port.yaml" with the values:
      | NAME | first |
    Then pod "first" shows "Running"
    When the manifest "asks-the-node.yaml" is applied
    Then the log of pod "asks-the-node" contains "Welcome to nginx!"

  Scenario: A second pod with the same port finds no node, until the first is gone
    Given the manifest "host-port.yaml" with the values:
      | NAME | first |
    Then pod "first" shows "Running"
    Given the manifest "host-port.yaml" with the values:
      | NAME | second |
    Then pod "second" has an event "FailedScheduling" saying "1 node(s) didn't have free ports for the requested pod ports"
    And pod "second" stays "Pending" for 1 minute
    When pod "first" is deleted
    Then pod "second" shows "Running"
