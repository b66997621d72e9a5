@B4 @needs:storage-drivers @needs:snapshots
Feature: Snapshots and contents that are refused

  Background:
    Given the manifest "snapshot-definitions.yaml"
    And condition "Established" of CustomResourceDefinition "volumesnapshots.snapshot.storage.k8s.io" is "True" within 2 seconds

  Scenario Outline: What fits no schema
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: <kind>
      metadata: {name: wrong}
      <body>
      """
    Then it is refused with "<message>"

    Examples:
      | kind                | body                                                                              | message                                  |
      | VolumeSnapshot      | spec: {volumeSnapshotClassName: daily}                                            | spec.source: Required value              |
      | VolumeSnapshot      | spec: {source: {}}                                                                | spec.source                              |
      | VolumeSnapshot      | spec: {source: {persistentVolumeClaimName: a, volumeSnapshotContentName: b}}      | spec.source                              |
      | VolumeSnapshotClass | driver: disk.csi.example.com                                                      | deletionPolicy: Required value           |
