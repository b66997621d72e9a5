@B4 @needs:storage-drivers @needs:snapshots
Feature: The class of a snapshot

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

  Scenario: A snapshot that names no class gets the default one of its volume's driver
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | usual                |
      | DEFAULT | true                 |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | foreign               |
      | DEFAULT | true                  |
      | DRIVER  | other.csi.example.com |
      | POLICY  | Delete                |
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | unusual              |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshot
      metadata:
        name: first
      spec:
        source: {persistentVolumeClaimName: data}
      """
    Then VolumeSnapshot "first" has ".spec.volumeSnapshotClassName" equal to "usual"
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true"

  Scenario: No default class, then one
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | unusual              |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshot
      metadata:
        name: first
      spec:
        source: {persistentVolumeClaimName: data}
      """
    Then VolumeSnapshot "first" has an event "SetDefaultSnapshotClassFailed" saying "Failed to set default snapshot class with error cannot find default snapshot class"
    And VolumeSnapshot "first" has ".status.error.message" equal to "Failed to set default snapshot class with error cannot find default snapshot class"
    When 10 seconds pass
    And the manifest "snapshot-class.yaml" is applied with the values:
      | NAME    | usual                |
      | DEFAULT | true                 |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    And VolumeSnapshot "first" has no ".status.error"

  Scenario: Two default classes
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | usual                |
      | DEFAULT | true                 |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | too                  |
      | DEFAULT | true                 |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshot
      metadata:
        name: first
      spec:
        source: {persistentVolumeClaimName: data}
      """
    Then VolumeSnapshot "first" has an event "SetDefaultSnapshotClassFailed" saying "2 default snapshot classes were found"

  Scenario: A class that does not exist, until it does
    Given the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "GetSnapshotClassFailed" saying "Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io \"daily\" not found"
    When 10 seconds pass
    And the manifest "snapshot-class.yaml" is applied with the values:
      | NAME    | daily                |
      | DEFAULT | false                |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    Then VolumeSnapshot "first" has ".status.readyToUse" equal to "true"

  Scenario: The class of a driver that has no such volume
    Given the storage driver "other.csi.example.com"
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                 |
      | DEFAULT | false                 |
      | DRIVER  | other.csi.example.com |
      | POLICY  | Delete                |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "CreatingSnapshot"
    When 10 seconds pass
    Then kubectl get VolumeSnapshot shows:
      | NAME  | READYTOUSE |
      | first | false      |
    And kubectl get VolumeSnapshotContent shows:
      | READYTOUSE | DRIVER                |
      | false      | other.csi.example.com |

  Scenario: The class of a driver that is not there
    Given the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                   |
      | DEFAULT | false                   |
      | DRIVER  | missing.csi.example.com |
      | POLICY  | Delete                  |
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    Then VolumeSnapshot "first" has an event "CreatingSnapshot"
    When 10 minutes pass
    Then kubectl get VolumeSnapshot shows:
      | NAME  | READYTOUSE |
      | first | false      |
