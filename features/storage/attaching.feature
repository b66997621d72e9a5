@B1 @B5 @needs:storage-drivers @needs:node-failure
Feature: A volume is attached to the node of its pod before the node mounts it
  Told by its actors: the attach/detach controller, csi-attacher, the kubelet.

  Background:
    Given the nodes:
      | name  |
      | node1 |
      | node2 |
      | node3 |
    And the storage driver "disk.csi.example.com":
      | attachRequired | true |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 1Gi  |
    And the manifest "writer-on-node.yaml" with the values:
      | NAME  | first |
      | CLAIM | data  |
      | NODE  | node1 |
    And the log of pod "first" contains "first was here"

  Scenario: It is attached, and taken away once nobody uses it any more
    Then pod "first" has an event "SuccessfulAttachVolume" saying "AttachVolume.Attach succeeded for volume \"pvc-"
    And kubectl get volumeattachments shows:
      | ATTACHER             | NODE  | ATTACHED |
      | disk.csi.example.com | node1 | true     |
    When pod "first" is deleted
    And 1 minute passes
    Then kubectl get volumeattachments shows nothing

  Scenario: A second pod of the same node shares it
    Given the manifest "writer-on-node.yaml" with the values:
      | NAME  | second |
      | CLAIM | data   |
      | NODE  | node1  |
    Then the log of pod "second" contains "first was here"
    And pod "second" has no event "SuccessfulAttachVolume"

  Scenario: A pod of another node waits until the first one has gone
    Given the manifest "writer-on-node.yaml" with the values:
      | NAME  | second |
      | CLAIM | data   |
      | NODE  | node2  |
    Then pod "second" has an event "FailedAttachVolume" saying "Volume is already used by pod(s) first"
    And pod "second" shows "ContainerCreating"
    And pod "second" stays "ContainerCreating" for 2 minutes
    And pod "second" has an event "FailedMount" saying "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]"
    When pod "first" is deleted
    Then pod "second" has an event "SuccessfulAttachVolume" within 1 minute
    And the log of pod "second" contains "first was here" within 5 minutes

  Scenario: A node that is gone for good keeps the volume for six minutes
    When the kubelet of node "node1" stops
    And 2 minutes pass
    And pod "first" is deleted by force
    And the manifest "writer-on-node.yaml" is applied with the values:
      | NAME  | second |
      | CLAIM | data   |
      | NODE  | node2  |
    Then pod "second" has an event "FailedAttachVolume" saying "Volume is already exclusively attached to one node and can't be attached to another"
    And pod "second" shows "ContainerCreating"
    And pod "second" stays "ContainerCreating" for 5 minutes
    And pod "second" has an event "SuccessfulAttachVolume" within 2 minutes
    And the log of pod "second" contains "first was here" within 5 minutes

  Scenario: A node that is said to be out of service keeps nothing
    When the kubelet of node "node1" stops
    And 2 minutes pass
    And pod "first" is deleted by force
    And node "node1" is tainted with "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
    And the manifest "writer-on-node.yaml" is applied with the values:
      | NAME  | second |
      | CLAIM | data   |
      | NODE  | node2  |
    Then pod "second" has an event "SuccessfulAttachVolume" within 30 seconds

  Scenario: The driver cannot attach for a while
    When pod "first" is deleted
    And 1 minute passes
    And the storage driver "disk.csi.example.com" fails
    And the manifest "writer-on-node.yaml" is applied with the values:
      | NAME  | second |
      | CLAIM | data   |
      | NODE  | node2  |
    Then pod "second" has an event "FailedAttachVolume" saying " : rpc error: code = Internal desc ="
    When the storage driver "disk.csi.example.com" works again
    Then pod "second" has an event "SuccessfulAttachVolume" within 2 minutes
    And pod "second" shows "Running" within 3 minutes

  Scenario: A volume is not thrown away while it is attached
    When persistentvolumeclaim "data" is deleted
    And pod "first" is deleted
    And 30 seconds pass
    Then the storage driver "disk.csi.example.com" has no volumes
