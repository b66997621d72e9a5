@B1 @needs:storage-drivers
Feature: A claim that asks for more gets it where its class allows that
  The volume grows first; its file system grows on the node of a pod that uses it.

  Background:
    Given the storage driver "disk.csi.example.com"
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound"

  Scenario: While a pod uses it
    Given the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" shows "Running"
    When persistentvolumeclaim "data" is expanded to "8Gi"
    Then condition "Resizing" of persistentvolumeclaim "data" is "True"
    And persistentvolumeclaim "data" has an event "Resizing" saying "External resizer is resizing volume pvc-"
    And persistentvolumeclaim "data" has an event "FileSystemResizeRequired" saying "Require file system resize of volume on node"
    And persistentvolumeclaim "data" has ".status.capacity.storage" equal to "8Gi"
    And pod "writer" has an event "FileSystemResizeSuccessful" saying "MountVolume.NodeExpandVolume succeeded for volume"
    And persistentvolumeclaim "data" has no ".status.conditions"

  Scenario: While no pod uses it, its file system waits for one
    When persistentvolumeclaim "data" is expanded to "8Gi"
    Then condition "FileSystemResizePending" of persistentvolumeclaim "data" is "True"
    When 10 minutes pass
    Then persistentvolumeclaim "data" has ".status.capacity.storage" equal to "5Gi"
    And kubectl get persistentvolumes shows:
      | CAPACITY | CLAIM        |
      | 8Gi      | default/data |
    Given the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then persistentvolumeclaim "data" has ".status.capacity.storage" equal to "8Gi"

  Scenario: A claim never shrinks
    When persistentvolumeclaim "data" is expanded to "1Gi"
    Then it is refused with "field can not be less than status.capacity"
