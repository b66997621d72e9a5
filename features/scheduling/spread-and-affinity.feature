@A12 @needs:node-failure
Feature: Pods are spread, kept together and kept apart
  Over zones, over nodes, and over whatever topology the user's own labels make.

  Background:
    Given the nodes:
      | name | zone | rack |
      | a1   | a    | r1   |
      | a2   | a    | r2   |
      | b1   | b    | r1   |

  Scenario Outline: No more than one pod more in one topology than in another
    Given the manifest "spread.yaml" with the values:
      | NAME | first |
      | KEY  | <key> |
    Then pod "first" shows "Running"
    Given the manifest "spread.yaml" with the values:
      | NAME | second |
      | KEY  | <key>  |
    Then pod "second" shows "Running"
    When node "<other>" is cordoned
    And pod "second" is deleted
    And 10 seconds pass
    And the manifest "spread.yaml" is applied with the values:
      | NAME | third |
      | KEY  | <key> |
    Then pod "third" stays "Pending" for 1 minute
    And pod "third" has an event "FailedScheduling" saying "2 node(s) didn't match pod topology spread constraints"
    When node "<other>" is uncordoned
    Then pod "third" has ".spec.nodeName" equal to "<other>"

    Examples:
      | key                         | other |
      | topology.kubernetes.io/zone | b1    |
      | rack                        | a2    |

  Scenario: In the zone of another pod, and one on each node
    Given the manifest "worker.yaml" with the values:
      | NAME | main |
      | CPU  | 1    |
    Then pod "main" has ".spec.nodeName" equal to "a1"
    Given the manifest "together-and-apart.yaml" with the values:
      | NAME | one |
    And the manifest "together-and-apart.yaml" with the values:
      | NAME | two |
    And the manifest "together-and-apart.yaml" with the values:
      | NAME | three |
    Then kubectl get pods -o wide shows:
      | NAME | STATUS  | NODE |
      | one  | Running | a2   |
      | two  | Running | a1   |
    And pod "three" has an event "FailedScheduling" saying "0/3 nodes are available: 1 node(s) didn't match pod affinity rules, 2 node(s) didn't match pod anti-affinity rules."

  Scenario: Two pods that wait for each other
    Given the manifest "waits-for-another.yaml"
    Then pod "left" has an event "FailedScheduling" saying "0/3 nodes are available: 3 node(s) didn't match pod affinity rules."
    And pod "left" stays "Pending" for 10 minutes
    And pod "right" stays "Pending" for 10 minutes
