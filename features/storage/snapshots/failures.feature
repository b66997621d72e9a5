@B4 @B5 @needs:storage-drivers @needs:snapshots
Feature: A snapshot that cannot be taken, or not be restored

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

  Scenario: The driver fails, and works again
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    When the storage driver "disk.csi.example.com" fails
    And the manifest "snapshot.yaml" is applied with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "false"
    When 10 seconds pass
    Then VolumeSnapshot "first" has ".status.error.message" containing "failed to take snapshot of the volume"
    When the storage driver "disk.csi.example.com" works again
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true" within 5 minutes
    And VolumeSnapshot "first" has no ".status.error"
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: The driver hangs: the sidecar gives up after a minute and tries again
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    When the storage driver "disk.csi.example.com" hangs
    And the manifest "snapshot.yaml" is applied with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    And 50 seconds pass
    Then VolumeSnapshot "first" has no ".status.error"
    When 20 seconds pass
    Then VolumeSnapshot "first" has ".status.error.message" containing "code = DeadlineExceeded"
    When the storage driver "disk.csi.example.com" works again
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true" within 5 minutes
    And the storage driver "disk.csi.example.com" has 1 snapshot

  Scenario: A snapshot of a claim that does not exist, until it does
    Given the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "SnapshotContentCreationFailed" saying "Failed to create snapshot content with error snapshot controller failed to update first on API server: cannot get claim from snapshot"
    When 10 seconds pass
    And the manifest "claim.yaml" is applied with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    And VolumeSnapshot "first" has no ".status.error"

  Scenario: A snapshot of a claim without a volume
    Given the manifest "claim.yaml" with the values:
      | NAME  | data    |
      | CLASS | missing |
      | SIZE  | 5Gi     |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "SnapshotContentCreationFailed" saying "failed to get input parameters to create snapshot first: \"the PVC data is not yet bound to a PV, will not attempt to take a snapshot\""

  Scenario: A snapshot of a volume that no driver made
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata:
        name: by-hand
      spec:
        capacity: {storage: 5Gi}
        accessModes: [ReadWriteOnce]
        hostPath: {path: /srv/data}
        claimRef: {name: data, namespace: default}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: ""
        resources: {requests: {storage: 5Gi}}
      """
    And persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "SnapshotContentCreationFailed" saying "cannot find CSI PersistentVolumeSource for volume by-hand"

  Scenario: Into a claim that is too small
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    And the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 1Gi      |
    Then persistentvolumeclaim "restored" has an event "ProvisioningFailed" saying "failed to provision volume with StorageClass \"fast\": error getting handle for DataSource Type VolumeSnapshot by Name first: requested volume size 1073741824 is less than the size 5368709120 for the source snapshot first"
    When 10 minutes pass
    Then persistentvolumeclaim "restored" has ".status.phase" equal to "Pending"
    And the storage driver "disk.csi.example.com" has 1 volume

  Scenario: Of a snapshot that does not exist, until it does
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 5Gi      |
    Then persistentvolumeclaim "restored" has an event "ProvisioningFailed" saying "error getting snapshot first from api server: volumesnapshots.snapshot.storage.k8s.io \"first\" not found"
    When the manifest "snapshot.yaml" is applied with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then persistentvolumeclaim "restored" has ".status.phase" equal to "Bound"

  Scenario: Of a snapshot that is still being uploaded
    Given the storage driver "slow.csi.example.com":
      | upload | 5 minutes |
    And the manifest is applied:
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata:
        name: slow
      provisioner: slow.csi.example.com
      """
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | slow |
      | SIZE  | 5Gi  |
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | slowly               |
      | DEFAULT | false                |
      | DRIVER  | slow.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first  |
      | CLASS | slowly |
      | CLAIM | data   |
    Then VolumeSnapshot "first" has an event "SnapshotCreated"
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "false"
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: restored
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: slow
        dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: first}
        resources: {requests: {storage: 5Gi}}
      """
    Then persistentvolumeclaim "restored" has an event "ProvisioningFailed" saying "snapshot first is not Ready"
    When 3 minutes pass
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "false"
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true" within 6 minutes
    And persistentvolumeclaim "restored" has ".status.phase" equal to "Bound" within 6 minutes

  Scenario: By a class of another driver
    Given the storage driver "other.csi.example.com"
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When the manifest is applied:
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata:
        name: other
      provisioner: other.csi.example.com
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: restored
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: other
        dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: first}
        resources: {requests: {storage: 5Gi}}
      """
    Then persistentvolumeclaim "restored" has an event "ProvisioningFailed" saying "error getting handle for DataSource Type VolumeSnapshot by Name first: snapshot first not bound"
