@B4 @B5 @needs:storage-drivers @needs:snapshots
Feature: A snapshot is taken of a claim, and a volume is made of the snapshot
  Told by its actors: the snapshot controller, csi-snapshotter, csi-provisioner.

  Background:
    Given the snapshot controller
    And the storage driver "disk.csi.example.com"
    And the manifest "snapshot-definitions.yaml"
    And condition "Established" of CustomResourceDefinition "volumesnapshots.snapshot.storage.k8s.io" is "True" within 2 seconds
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    And the log of pod "writer" contains "writer was here"
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true"

  Scenario: The controller makes a content, the sidecar has the driver take the snapshot, the controller binds both
    Then VolumeSnapshot "first" has an event "CreatingSnapshot" saying "Waiting for a snapshot default/first to be created by the CSI driver."
    And VolumeSnapshot "first" has an event "SnapshotCreated" saying "Snapshot default/first was successfully created by the CSI driver."
    And VolumeSnapshot "first" has an event "SnapshotReady" saying "Snapshot default/first is ready to use."
    And kubectl get VolumeSnapshot shows:
      | NAME  | READYTOUSE | SOURCEPVC | RESTORESIZE | SNAPSHOTCLASS |
      | first | true       | data      | 5Gi         | daily         |
    And kubectl get VolumeSnapshotContent shows:
      | READYTOUSE | RESTORESIZE | DELETIONPOLICY | DRIVER               | VOLUMESNAPSHOTCLASS | VOLUMESNAPSHOT | VOLUMESNAPSHOTNAMESPACE |
      | true       | 5368709120  | Delete         | disk.csi.example.com | daily               | first          | default                 |
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: The bytes are back
    Given the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then persistentvolumeclaim "restored" has an event "Provisioning" saying "External provisioner is provisioning volume for claim \"default/restored\""
    And persistentvolumeclaim "restored" has an event "ProvisioningSucceeded"
    And pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"

  Scenario: What is written into a claim in use after its snapshot was taken is not in it
    Given the manifest "writer.yaml" with the values:
      | NAME  | late |
      | CLAIM | data |
    And the log of pod "late" contains "late was here"
    And the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"
    And the log of container "app" of pod "reader" does not contain "late was here"

  Scenario: A restored volume goes its own way
    Given the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    And the manifest "writer.yaml" with the values:
      | NAME  | other    |
      | CLAIM | restored |
    And the log of pod "other" contains "other was here"
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | data |
    Then the log of pod "other" contains "writer was here"
    And pod "reader" shows "Completed"
    And the log of container "app" of pod "reader" does not contain "other was here"

  Scenario: It is restored when its claim and its volume are long gone
    When pod "writer" is deleted
    And persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And the storage driver "disk.csi.example.com" has no volumes
    Given the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"

  Scenario: Into a larger claim
    Given the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 8Gi      |
    Then persistentvolumeclaim "restored" has ".status.phase" equal to "Bound"
    And persistentvolumeclaim "restored" has ".status.capacity.storage" equal to "8Gi"

  Scenario: By dataSourceRef
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: restored
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: fast
        dataSourceRef: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: first}
        resources: {requests: {storage: 5Gi}}
      """
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then persistentvolumeclaim "restored" has ".spec.dataSource.name" equal to "first"
    And pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"
