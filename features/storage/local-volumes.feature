@B2 @needs:node-failure
Feature: A local volume binds its pod to the node that has the disk
  Only with delayed binding does the scheduler choose the volume and the node together.

  Background:
    Given the nodes:
      | name  | cpu | disks          |
      | node1 | 4   |                |
      | node2 | 4   | /mnt/disks/ssd |
    And the manifest "local-volume.yaml" with the values:
      | NAME | on-node2       |
      | NODE | node2          |
      | DISK | /mnt/disks/ssd |

  Scenario: Delayed binding waits for the pod, and the pod lands where the disk is
    Given the manifest "local-class.yaml" with the values:
      | MODE | WaitForFirstConsumer |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    Then persistentvolumeclaim "data" has an event "WaitForFirstConsumer" saying "waiting for first consumer to be created before binding"
    And persistentvolumeclaim "data" has ".status.phase" equal to "Pending"
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" shows "Running"
    And pod "writer" has ".spec.nodeName" equal to "node2"
    And kubectl get persistentvolumeclaims shows:
      | NAME | STATUS | VOLUME   | CAPACITY | ACCESS MODES | STORAGECLASS |
      | data | Bound  | on-node2 | 10Gi     | RWO          | local        |
    And kubectl get persistentvolumes shows:
      | NAME     | CAPACITY | RECLAIM POLICY | STATUS | CLAIM        |
      | on-node2 | 10Gi     | Retain         | Bound  | default/data |

  Scenario: Immediate binding takes the first volume, and a pod that needs another node never runs
    Given the manifest "local-class.yaml" with the values:
      | MODE | Immediate |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    When the manifest "writer-on-node.yaml" is applied with the values:
      | NAME  | writer |
      | CLAIM | data   |
      | NODE  | node1  |
    Then pod "writer" has an event "FailedScheduling" saying "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) didn't match Pod's node affinity/selector."
    And pod "writer" stays "Pending" for 10 minutes

  Scenario: Immediate binding of a volume whose disk is on a full node
    Given the manifest "local-class.yaml" with the values:
      | MODE | Immediate |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    Then persistentvolumeclaim "data" has ".spec.volumeName" equal to "on-node2"
    When node "node2" is cordoned
    And the manifest "writer.yaml" is applied with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" has an event "FailedScheduling" saying "1 node(s) didn't match PersistentVolume's node affinity"
    And pod "writer" stays "Pending" for 1 minute
    When node "node2" is uncordoned
    Then pod "writer" shows "Running"
    And pod "writer" has ".spec.nodeName" equal to "node2"

  Scenario: Data is there for the next pod of the claim, and for the container after a restart
    Given the manifest "local-class.yaml" with the values:
      | MODE | WaitForFirstConsumer |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    And the manifest "writer.yaml" with the values:
      | NAME  | first |
      | CLAIM | data  |
    Then pod "first" shows "Running"
    When the sandbox of pod "first" dies
    Then pod "first" has restarted 1 time within 1 minute
    And the log of container "app" of pod "first" is:
      """
      first was here
      first was here
      """
    When pod "first" is deleted
    And 10 seconds pass
    And the manifest "writer.yaml" is applied with the values:
      | NAME  | second |
      | CLAIM | data   |
    Then pod "second" has ".spec.nodeName" equal to "node2"
    And the log of pod "second" contains "first was here"

  Scenario: A volume whose affinity names no node leaves its pod Pending
    Given the manifest "local-class.yaml" with the values:
      | MODE | WaitForFirstConsumer |
    And the manifest "claim.yaml" with the values:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    When persistentvolume "on-node2" is deleted
    And the manifest "local-volume.yaml" is applied with the values:
      | NAME | on-node9       |
      | NODE | node9          |
      | DISK | /mnt/disks/ssd |
    And the manifest "writer.yaml" is applied with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" has an event "FailedScheduling" saying "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."
    And persistentvolumeclaim "data" has an event "WaitForPodScheduled" saying "waiting for pod writer to be scheduled"
    And pod "writer" stays "Pending" for 10 minutes
    When the nodes join:
      | name  | cpu | disks          |
      | node9 | 4   | /mnt/disks/ssd |
    Then pod "writer" shows "Running"
    And pod "writer" has ".spec.nodeName" equal to "node9"
