@B1 @needs:storage-drivers
Feature: Who may use a claim, and which class it has when it names none

  Background:
    Given the storage driver "disk.csi.example.com"
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |

  Scenario: A claim for one pod only
    Given the manifest "one-pod-claim.yaml"
    And the manifest "writer.yaml" with the values:
      | NAME  | first |
      | CLAIM | data  |
    Then pod "first" shows "Running"
    Given the manifest "writer.yaml" with the values:
      | NAME  | second |
      | CLAIM | data   |
    Then pod "second" has an event "FailedScheduling" saying "0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod."
    And pod "second" stays "Pending" for 1 minute
    When pod "first" is deleted
    Then pod "second" shows "Running"

  Scenario: Two pods of one node share a claim for one node
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 1Gi  |
    And the manifest "writer.yaml" with the values:
      | NAME  | first |
      | CLAIM | data  |
    Then pod "first" shows "Running"
    Given the manifest "writer.yaml" with the values:
      | NAME  | second |
      | CLAIM | data   |
    Then pod "second" shows "Running"
    And the log of container "app" of pod "second" is:
      """
      first was here
      second was here
      """

  Scenario: The default class
    Given the manifest:
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata:
        name: usual
        annotations:
          storageclass.kubernetes.io/is-default-class: "true"
      provisioner: disk.csi.example.com
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: plain
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 1Gi
      """
    Then persistentvolumeclaim "plain" has ".spec.storageClassName" equal to "usual"
    And persistentvolumeclaim "plain" has ".status.phase" equal to "Bound"

  Scenario: A class that becomes the default after the claim was made
    Given the manifest:
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: plain
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 1Gi
      """
    Then persistentvolumeclaim "plain" has an event "FailedBinding" saying "no storage class is set"
    When the manifest is applied:
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata:
        name: usual
        annotations:
          storageclass.kubernetes.io/is-default-class: "true"
      provisioner: disk.csi.example.com
      """
    Then persistentvolumeclaim "plain" has ".spec.storageClassName" equal to "usual"
    And persistentvolumeclaim "plain" has ".status.phase" equal to "Bound"

  Scenario: Two claims race for one volume: one has it, the other waits
    Given the manifest:
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata:
        name: only
      spec:
        capacity: {storage: 1Gi}
        accessModes: [ReadWriteOnce]
        storageClassName: ""
        hostPath: {path: /data}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: one
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: ""
        resources: {requests: {storage: 1Gi}}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: other
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: ""
        resources: {requests: {storage: 1Gi}}
      """
    Then persistentvolumeclaim "one" has ".status.phase" equal to "Bound"
    And persistentvolumeclaim "other" has an event "FailedBinding" saying "no persistent volumes available for this claim and no storage class is set"
    When 1 minute passes
    Then persistentvolumeclaim "other" has ".status.phase" equal to "Pending"
    And kubectl get persistentvolumes shows:
      | NAME | STATUS | CLAIM       |
      | only | Bound  | default/one |
