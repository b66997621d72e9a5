@A12 @needs:node-failure
Feature: A node that has a pod's images already is preferred
  Names count as they are written: the images of a node are called by their full names.

  Scenario: A large image outweighs a little less room
    Given the nodes:
      | name  | images                         |
      | node1 |                                |
      | node2 | docker.io/library/python:3.12  |
      | node3 |                                |
    When the manifest "of-image.yaml" is applied with the values:
      | NAME  | heavy                         |
      | IMAGE | docker.io/library/python:3.12 |
    Then pod "heavy" has ".spec.nodeName" equal to "node2"

  Scenario: What a node has pulled counts from its next report on
    Given the nodes:
      | name  |
      | node1 |
      | node2 |
    And node "node1" is cordoned
    And the manifest "of-image.yaml" with the values:
      | NAME  | first                         |
      | IMAGE | docker.io/library/python:3.12 |
    And pod "first" shows "Running"
    When pod "first" is deleted
    And node "node1" is uncordoned
    And 20 seconds pass
    Then node "node2" has ".status.images[0].names[1]" equal to "docker.io/library/python:3.12"
    When the manifest "of-image.yaml" is applied with the values:
      | NAME  | heavy                         |
      | IMAGE | docker.io/library/python:3.12 |
    Then pod "heavy" has ".spec.nodeName" equal to "node2"
