@B5 @needs:storage-drivers @needs:snapshots @needs:node-failure
Feature: The way of a volume and of a snapshot, told by the events of its actors

  Background:
    Given the nodes:
      | name  | zone |
      | node1 | a    |
      | node2 | b    |
    And the snapshot controller
    And the manifest "snapshot-definitions.yaml"
    And the storage driver "disk.csi.example.com":
      | topology       | topology.kubernetes.io/zone |
      | attachRequired | true                        |
      | latency        | 2 seconds                   |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And condition "Established" of CustomResourceDefinition "volumesnapshots.snapshot.storage.k8s.io" is "True" within 2 seconds
    And the manifest "snapshot-class.yaml" with the values:
      | NAME    | daily                |
      | DEFAULT | true                 |
      | DRIVER  | disk.csi.example.com |
      | POLICY  | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 1Gi  |
    And persistentvolumeclaim "data" has an event "WaitForFirstConsumer"
    And the manifest "writer-on-node.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
      | NODE  | node2  |

  Scenario: From a claim that waits to a pod that runs
    Then the events tell, in order:
      | actor                       | object                     | reason                 |
      | persistentvolume-controller | persistentvolumeclaim/data | WaitForFirstConsumer   |
      | persistentvolume-controller | persistentvolumeclaim/data | ExternalProvisioning   |
      | csi-provisioner             | persistentvolumeclaim/data | ProvisioningSucceeded  |
      | default-scheduler           | pod/writer                 | Scheduled              |
      | attachdetach-controller     | pod/writer                 | SuccessfulAttachVolume |
      | kubelet                     | pod/writer                 | Started                |
    And persistentvolumeclaim "data" has ".metadata.annotations['volume.kubernetes.io/selected-node']" equal to "node2"

  Scenario: From a snapshot to a pod that reads what was kept
    Given the log of pod "writer" contains "writer was here"
    And the manifest "snapshot.yaml" with the values:
      | NAME  | first |
      | CLASS | daily |
      | CLAIM | data  |
    And the manifest "restored-claim.yaml" with the values:
      | NAME     | restored |
      | SNAPSHOT | first    |
      | SIZE     | 1Gi      |
    And VolumeSnapshot "first" has ".status.readyToUse" equal to "true"
    When the manifest "reader.yaml" is applied with the values:
      | NAME  | reader   |
      | CLAIM | restored |
    Then the events tell, in order:
      | actor                   | object                         | reason                 | message                                                       |
      | snapshot-controller     | volumesnapshot/first           | CreatingSnapshot       | Waiting for a snapshot default/first to be created            |
      | snapshot-controller     | volumesnapshot/first           | SnapshotCreated        | Snapshot default/first was successfully created               |
      | snapshot-controller     | volumesnapshot/first           | SnapshotReady          | Snapshot default/first is ready to use.                       |
      | csi-provisioner         | persistentvolumeclaim/restored | Provisioning           | External provisioner is provisioning volume for claim         |
      | csi-provisioner         | persistentvolumeclaim/restored | ProvisioningSucceeded  | Successfully provisioned volume pvc-                          |
      | default-scheduler       | pod/reader                     | Scheduled              | Successfully assigned default/reader to node                  |
      | attachdetach-controller | pod/reader                     | SuccessfulAttachVolume | AttachVolume.Attach succeeded for volume                      |
      | kubelet                 | pod/reader                     | Started                |                                                               |
    And the log of pod "reader" contains "writer was here"
