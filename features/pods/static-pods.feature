@A3
Feature: A file on a node is a pod
  Its kubelet runs it without the API, which only shows it: a mirror pod with the node's name at its end. Who deletes the
  mirror has done nothing to the pod; who changes the file has.

  Background:
    Given the node has the static pod file "static-web.yaml"

  Scenario: The API shows the pod under the node's name
    Then pod "static-web-node1" shows "Running"
    And pod "static-web-node1" has ".metadata.ownerReferences[0].kind" equal to "Node"
    And pod "static-web-node1" has ".metadata.labels.role" equal to "web"
    And the log of pod "static-web-node1" contains "the first edition"

  Scenario: A deleted mirror is back at once, and the container never noticed
    Then pod "static-web-node1" shows "Running"
    When pod "static-web-node1" is deleted
    Then pod "static-web-node1" shows "Pending"
    And pod "static-web-node1" shows "Running"
    And pod "static-web-node1" has restarted 0 times
    And pod "static-web-node1" has no event "Killing"

  Scenario: A changed file replaces the pod
    Then pod "static-web-node1" shows "Running"
    When the static pod file "static-web.yaml" is replaced by "static-web-second.yaml"
    Then the log of pod "static-web-node1" contains "the second edition" within 30 seconds
    And pod "static-web-node1" has an event "Killing" saying "Stopping container app"
    And pod "static-web-node1" shows "Running"

  Scenario: A removed file ends the pod
    Then pod "static-web-node1" shows "Running"
    When the static pod file "static-web.yaml" is removed
    Then pod "static-web-node1" does not exist
