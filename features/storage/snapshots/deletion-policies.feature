@B4 @needs:storage-drivers @needs:snapshots
Feature: What becomes of a snapshot's content, and who is kept meanwhile

  Background:
    Given the snapshot controller
    And the storage driver "disk.csi.example.com"
    And the manifest "snapshot-definitions.yaml"
    And condition "Established" of CustomResourceDefinition "volumesnapshots.snapshot.storage.k8s.io" is "True" within 2 seconds
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And persistentvolumeclaim "data" has ".status.phase" equal to "Bound"

  Scenario: Delete: the content and what stands on the storage go with the snapshot
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    And the storage driver "disk.csi.example.com" has 1 snapshot
    When VolumeSnapshot "first" is deleted
    And 1 minute passes
    Then VolumeSnapshot "first" does not exist
    And kubectl get VolumeSnapshotContent shows nothing
    And the storage driver "disk.csi.example.com" has no snapshots

  Scenario: Retain: the content and what stands on the storage stay
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Retain               |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When VolumeSnapshot "first" is deleted
    And 1 minute passes
    Then VolumeSnapshot "first" does not exist
    And kubectl get VolumeSnapshotContent shows:
      | READYTOUSE | DELETIONPOLICY | VOLUMESNAPSHOT |
      | true       | Retain         | first          |
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: A claim is kept until the snapshot of it is taken, and not longer
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the storage driver "disk.csi.example.com" hangs
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "CreatingSnapshot"
    When persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then kubectl get persistentvolumeclaims shows:
      | NAME | STATUS      |
      | data | Terminating |
    When the storage driver "disk.csi.example.com" works again
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true" within 5 minutes
    When 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: A snapshot stays until the volume that is made of it is there
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When the storage driver "disk.csi.example.com" hangs
    And the manifest "restored-claim.yaml" is applied with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    Then persistentvolumeclaim "restored" has an event "Provisioning"
    When VolumeSnapshot "first" is deleted
    Then VolumeSnapshot "first" has an event "SnapshotDeletePending" saying "Snapshot is being used to restore a PVC"
    When 1 minute passes
    Then the storage driver "disk.csi.example.com" has 1 snapshot
    When the storage driver "disk.csi.example.com" works again
    Then persistentvolumeclaim "restored" has ".status.phase" equal to "Bound" within 5 minutes
    When 1 minute passes
    Then VolumeSnapshot "first" does not exist
    And the storage driver "disk.csi.example.com" has no snapshots

  Scenario: The driver cannot delete for a while
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When the storage driver "disk.csi.example.com" fails
    And VolumeSnapshot "first" is deleted
    And 1 minute passes
    Then kubectl get VolumeSnapshot shows:
      | NAME  |
      | first |
    And the storage driver "disk.csi.example.com" has 1 snapshot
    When the storage driver "disk.csi.example.com" works again
    And 5 minutes pass
    Then VolumeSnapshot "first" does not exist
    And the storage driver "disk.csi.example.com" has no snapshots
