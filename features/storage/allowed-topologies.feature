@B3 @needs:node-failure @needs:storage-drivers
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

  Scenario Outline: The class put right, and the pod made again: it lands where the volume is
    Given the storage driver "disk.csi.example.com":
      | topology | <key> |
    And the manifest "zoned-class.yaml" with the values:
      | KEY   | <key>  |
      | VALUE | nowhere |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | zoned |
      | SIZE  | 5Gi   |
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" has an event "FailedScheduling"
    When storageclass "zoned" is deleted
    And pod "writer" is deleted
    And persistentvolumeclaim "data" is deleted
    And 10 seconds pass
    And the manifest "zoned-class.yaml" is applied with the values:
      | KEY   | <key>   |
      | VALUE | <value> |
    And the manifest "claim.yaml" is applied with the values:
      | NAME  | data  |
      | CLASS | zoned |
      | SIZE  | 5Gi   |
    And the manifest "writer.yaml" is applied with the values:
      | NAME  | again |
      | CLAIM | data  |
    Then pod "again" shows "Running"
    And pod "again" has ".spec.nodeName" equal to "<node>"
    And persistentvolumeclaim "data" has an event "ProvisioningSucceeded"

    Examples:
      | key                         | value         | node  |
      | topology.kubernetes.io/zone | cn-hangzhou-b | node1 |
      | rack                        | r2            | node2 |
