@B5 @needs:node-failure
Feature: How the scheduler decides: filter, score, bind
  Every filter says which nodes it leaves; of those that all leave, the best sum of scores wins.

  Background:
    Given the nodes:
      | name   | cpu | taints            |
      | small  | 1   |                   |
      | roomy  | 8   |                   |
      | busy   | 4   |                   |
      | closed | 8   | closed:NoSchedule |

  Scenario: Of the nodes that have room the emptier one
    Given the manifest "worker.yaml" with the values:
      | NAME | web |
      | CPU  | 2   |
    Then pod "web" shows "Running"
    And the scheduler decides about pod "web":
      | node   | filter                             | NodeResourcesFit | chosen |
      | small  | Insufficient cpu                   |                  | no     |
      | closed | node(s) had untolerated taint(s)   |                  | no     |
      | busy   | passes                             | 74               | no     |
      | roomy  | passes                             | 86               | yes    |
    And pod "web" has ".spec.nodeName" equal to "roomy"
    And pod "web" has an event "Scheduled" saying "Successfully assigned default/web to roomy"

  Scenario: A pod that goes nowhere
    Given the manifest "worker.yaml" with the values:
      | NAME | web |
      | CPU  | 10  |
    Then pod "web" has an event "FailedScheduling"
    And the scheduler decides about pod "web":
      | node   | filter                           | chosen |
      | small  | Insufficient cpu                 | no     |
      | roomy  | Insufficient cpu                 | no     |
      | closed | node(s) had untolerated taint(s) | no     |
