@B1 @B5 @needs:storage-drivers
Feature: A volume is made for a claim
  Told by its actors: the volume controller, the provisioner, the scheduler.

  Background:
    Given the storage driver "disk.csi.example.com":
      | latency | 2 seconds |

  Scenario: Immediate binding makes the volume at once
    Given the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has an event "ExternalProvisioning" saying "Waiting for a volume to be created either by the external provisioner 'disk.csi.example.com' or manually by the system administrator."
    And persistentvolumeclaim "data" has an event "Provisioning" saying "External provisioner is provisioning volume for claim \"default/data\""
    And persistentvolumeclaim "data" has an event "ProvisioningSucceeded" saying "Successfully provisioned volume pvc-"
    And kubectl get persistentvolumeclaims shows:
      | NAME | STATUS | CAPACITY | ACCESS MODES | STORAGECLASS |
      | data | Bound  | 5Gi      | RWO          | fast         |

  Scenario: Delayed binding makes it once the pod has a node, and the pod starts when it is there
    Given the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has an event "WaitForFirstConsumer"
    When 1 minute passes
    Then persistentvolumeclaim "data" has no event "Provisioning"
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" shows "Running" within 10 seconds
    And persistentvolumeclaim "data" has ".metadata.annotations['volume.kubernetes.io/selected-node']" equal to "node1"
    And persistentvolumeclaim "data" has an event "ProvisioningSucceeded"

  Scenario: Delete: the volume and its data go with the claim, and a claim in use does not go
    Given the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "writer.yaml" with the values:
      | NAME  | writer |
      | CLAIM | data   |
    Then pod "writer" shows "Running"
    And the storage driver "disk.csi.example.com" has 1 volume
    When persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    And pod "writer" stays "Running" for 1 minute
    When pod "writer" is deleted
    And 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And the storage driver "disk.csi.example.com" has no volumes
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    And the manifest "writer.yaml" with the values:
      | NAME  | second |
      | CLAIM | data   |
    Then the log of container "app" of pod "second" contains "second was here"
    And the log of container "app" of pod "second" does not contain "writer was here"

  Scenario: Retain: the volume and its data stay, and nobody gets them by chance
    Given the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Retain    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    When persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And kubectl get persistentvolumes shows:
      | RECLAIM POLICY | STATUS   | CLAIM        |
      | Retain         | Released | default/data |
    And the storage driver "disk.csi.example.com" has 1 volume

  Scenario: A volume that lives as long as its pod
    Given the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "scratch.yaml"
    Then pod "scratch" shows "Running"
    And persistentvolumeclaim "scratch-data" has ".metadata.ownerReferences[0].name" equal to "scratch"
    And persistentvolumeclaim "scratch-data" has ".status.phase" equal to "Bound"
    And the log of pod "scratch" contains "here"
    When pod "scratch" is deleted
    And 1 minute passes
    Then pod "scratch" does not exist
    And persistentvolumeclaim "scratch-data" does not exist
    And the storage driver "disk.csi.example.com" has no volumes

  Scenario: A class that does not exist
    Given the manifest "claim.yaml" with the values:
      | NAME  | data    |
      | CLASS | missing |
      | SIZE  | 5Gi     |
    Then persistentvolumeclaim "data" has an event "ProvisioningFailed" saying "storageclass.storage.k8s.io \"missing\" not found"
    And persistentvolumeclaim "data" has ".status.phase" equal to "Pending"
