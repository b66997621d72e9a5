@B3 @needs:node-failure
Feature: A class makes volumes in the topologies it allows
  Where no node stands in any of them its pods wait; the scheduler says so, and a class put right heals them.

  Background:
    Given the nodes:
      | name    | zone          | rack | taints                                           |
      | control | cn-hangzhou-b |      | node-role.kubernetes.io/control-plane:NoSchedule |
      | node1   | cn-hangzhou-b | r1   |                                                  |
      | node2   | cn-hangzhou-b | r2   |                                                  |

  Scenario: The zone of a class is not the zone of the nodes
    Given the manifest "zoned-class.yaml" with the values:
      | KEY   | topology.kubernetes.io/zone |
      | VALUE | cn-hangzhou-d               |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | zoned |
      | SIZE  | 5Gi   |
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" has an event "FailedScheduling" saying "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't find available persistent volumes to bind."
    And persistentvolumeclaim "data" has an event "WaitForPodScheduled" saying "waiting for pod writer to be scheduled"
    And pod "writer" stays "Pending" for 10 minutes
