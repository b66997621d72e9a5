@needs:cel
Feature: Rules in CEL that snapshots and contents must keep
  As v8 of the definitions has them; what reads them is the extra crd.

  Background:
    Given the manifest "snapshot-definitions.yaml"
    And condition "Established" of CustomResourceDefinition "volumesnapshots.snapshot.storage.k8s.io" is "True" within 2 seconds

  Scenario Outline: What breaks a rule
    Given the manifest "snapshot-definitions-with-rules.yaml"
    When the manifest is applied:
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: <kind>
      metadata: {name: wrong}
      spec: <spec>
      """
    Then it is refused with "<message>"

    Examples:
      | kind                  | spec                                                                                                           | message                                                                              |
      | VolumeSnapshot        | {source: {}}                                                                                                   | exactly one of volumeSnapshotContentName and persistentVolumeClaimName must be set   |
      | VolumeSnapshot        | {source: {persistentVolumeClaimName: a}, volumeSnapshotClassName: ""}                                          | volumeSnapshotClassName must not be the empty string when set                        |
      | VolumeSnapshotContent | {deletionPolicy: Delete, driver: d, source: {}, volumeSnapshotRef: {name: a, namespace: b}}                    | exactly one of volumeHandle and snapshotHandle must be set                           |
      | VolumeSnapshotContent | {deletionPolicy: Delete, driver: d, source: {snapshotHandle: h}, volumeSnapshotRef: {name: a}}                 | both spec.volumeSnapshotRef.name and spec.volumeSnapshotRef.namespace must be set    |
