@B1 @needs:storage-drivers
Feature: A volume of a driver that is not there

  Scenario: Nobody attaches it, and it is said who was waited for
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata:
        name: by-hand
      spec:
        capacity: {storage: 1Gi}
        accessModes: [ReadWriteOnce]
        csi: {driver: missing.csi.example.com, volumeHandle: disk-1}
        claimRef: {name: data, namespace: default}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: ""
        resources: {requests: {storage: 1Gi}}
      """
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" shows "ContainerCreating"
    And pod "writer" stays "ContainerCreating" for 2 minutes
    And pod "writer" has an event "FailedAttachVolume" saying "AttachVolume.Attach failed for volume \"by-hand\" : timed out waiting for external-attacher of missing.csi.example.com CSI driver to attach volume disk-1"
