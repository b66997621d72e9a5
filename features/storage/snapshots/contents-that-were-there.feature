@B4 @needs:storage-drivers @needs:snapshots
Feature: A content for what stands on the storage already
  An administrator names the handle of a snapshot that Kubernetes did not take; content and snapshot name each other.

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
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    And the log of pod "writer" contains "writer was here"
    And the storage driver "disk.csi.example.com" has a snapshot "by-hand" of persistentvolumeclaim "data"

  Scenario: Both are bound, and the bytes are back
    When the manifest "content.yaml" is applied with the values:
      | NAME     | old     |
      | HANDLE   | by-hand |
      | SNAPSHOT | first   |
      | POLICY   | Retain  |
    And the manifest "snapshot-of-content.yaml" is applied with the values:
      | NAME    | first |
      | CONTENT | old   |
    Then VolumeSnapshot "first" has an event "SnapshotReady"
    And kubectl get VolumeSnapshot shows:
      | NAME  | READYTOUSE | SOURCEPVC | SOURCESNAPSHOTCONTENT | RESTORESIZE | SNAPSHOTCONTENT |
      | first | true       |           | old                   | 5Gi         | old             |
    And kubectl get VolumeSnapshotContent shows:
      | NAME | READYTOUSE | DELETIONPOLICY | VOLUMESNAPSHOT |
      | old  | true       | Retain         | first          |
    And the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    And the manifest "reader.yaml" with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"
    When VolumeSnapshot "first" is deleted
    And 1 minute passes
    Then VolumeSnapshot "first" does not exist
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: A content that is bound stays though it is deleted
    When the manifest "content.yaml" is applied with the values:
      | NAME     | old     |
      | HANDLE   | by-hand |
      | SNAPSHOT | first   |
      | POLICY   | Delete  |
    And the manifest "snapshot-of-content.yaml" is applied with the values:
      | NAME    | first |
      | CONTENT | old   |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When VolumeSnapshotContent "old" is deleted
    And 10 minutes pass
    Then VolumeSnapshotContent "old" has ".status.readyToUse" equal to "true"
    And the storage driver "disk.csi.example.com" has 1 snapshot
    When VolumeSnapshot "first" is deleted
    And 1 minute passes
    Then VolumeSnapshot "first" does not exist
    And VolumeSnapshotContent "old" does not exist
    And the storage driver "disk.csi.example.com" has no snapshots

  Scenario: A content that does not exist, until it does
    When the manifest "snapshot-of-content.yaml" is applied with the values:
      | NAME    | first |
      | CONTENT | old   |
    Then VolumeSnapshot "first" has an event "SnapshotContentMissing" saying "VolumeSnapshotContent is missing"
    When 10 seconds pass
    And the manifest "content.yaml" is applied with the values:
      | NAME     | old     |
      | HANDLE   | by-hand |
      | SNAPSHOT | first   |
      | POLICY   | Retain  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"

  Scenario: A handle that the driver does not have
    When the manifest "content.yaml" is applied with the values:
      | NAME     | old    |
      | HANDLE   | lost   |
      | SNAPSHOT | first  |
      | POLICY   | Retain |
    Then VolumeSnapshotContent "old" has an event "SnapshotContentCheckandUpdateFailed" saying "Failed to check and update snapshot content: failed to list snapshot for content old: \"can not find snapshot for snapshotID lost\""

  Scenario: Two snapshots race for one content: one has it, the other is told so
    When the manifest "content.yaml" is applied with the values:
      | NAME     | old     |
      | HANDLE   | by-hand |
      | SNAPSHOT | first   |
      | POLICY   | Retain  |
    And the manifest "snapshot-of-content.yaml" is applied with the values:
      | NAME    | first |
      | CONTENT | old   |
    And the manifest "snapshot-of-content.yaml" is applied with the values:
      | NAME    | second |
      | CONTENT | old    |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    And VolumeSnapshot "second" has an event "SnapshotContentMisbound" saying "VolumeSnapshotContent [old] is bound to a different snapshot"
    And VolumeSnapshot "second" has an event "SnapshotFinalizerError" saying "Failed to check and update snapshot: VolumeSnapshotContent [old] is bound to a different snapshot"
    And VolumeSnapshot "second" has ".status.readyToUse" equal to "false"

  Scenario Outline: A content that names a volume, and no snapshot that it is for
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshotContent
      metadata: {name: odd}
      spec: <spec>
      """
    Then VolumeSnapshotContent "odd" has an event "SnapshotCreationFailed" saying "<text>"
    When 10 minutes pass
    Then the storage driver "disk.csi.example.com" has 1 snapshot

    Examples:
      | spec                                                                                                                                                           | text                                                                             |
      | {deletionPolicy: Delete, driver: disk.csi.example.com, source: {volumeHandle: v}, volumeSnapshotRef: {}}                                                       | failed to take snapshot odd without a snapshot class                             |
      | {deletionPolicy: Delete, driver: disk.csi.example.com, source: {volumeHandle: v}, volumeSnapshotRef: {name: a, namespace: b}, volumeSnapshotClassName: daily}  | cannot create snapshot. Snapshot content odd not bound to a snapshot             |
      | {deletionPolicy: Delete, driver: disk.csi.example.com, source: {volumeHandle: v}, volumeSnapshotRef: {name: a, namespace: b}, volumeSnapshotClassName: hourly} | failed to get input parameters to create snapshot for content odd                |
