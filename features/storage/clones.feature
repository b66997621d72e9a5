@B1 @B4 @needs:storage-drivers
Feature: A volume is made of another claim's volume

  Background:
    Given the storage driver "disk.csi.example.com":
      | latency | 5 seconds |
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

  Scenario: It holds what the other held, and goes its own way
    When the manifest "cloned-claim.yaml" is applied with the values:
      | NAME | copy |
      | SIZE | 5Gi  |
    And the manifest "writer.yaml" is applied with the values:
      | NAME  | late |
      | CLAIM | data |
    And the manifest "reader.yaml" is applied with the values:
      | NAME  | reader |
      | CLAIM | copy   |
    Then persistentvolumeclaim "copy" has an event "ProvisioningSucceeded"
    And pod "reader" shows "Completed"
    And the log of pod "reader" contains "writer was here"
    And the storage driver "disk.csi.example.com" has 2 volumes

  Scenario: A claim that is too small for it
    When the manifest "cloned-claim.yaml" is applied with the values:
      | NAME | copy |
      | SIZE | 1Gi  |
    Then persistentvolumeclaim "copy" has an event "ProvisioningFailed" saying "error getting handle for DataSource Type PersistentVolumeClaim by Name data: error, new PVC request must be greater than or equal in size to the specified PVC data source, requested 1073741824 but source is 5368709120"

  Scenario: The source stays until the copy is made
    When the manifest "cloned-claim.yaml" is applied with the values:
      | NAME | copy |
      | SIZE | 5Gi  |
    Then persistentvolumeclaim "copy" has an event "Provisioning"
    When pod "writer" is deleted
    And persistentvolumeclaim "data" is deleted
    And 4 seconds pass
    Then kubectl get persistentvolumeclaims shows:
      | NAME | STATUS      |
      | data | Terminating |
      | copy | Pending     |
    And persistentvolumeclaim "copy" has ".status.phase" equal to "Bound"
    When 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And the storage driver "disk.csi.example.com" has 1 volume

  Scenario: A source on its way out is not copied any more
    When persistentvolumeclaim "data" is deleted
    And the manifest "cloned-claim.yaml" is applied with the values:
      | NAME | copy |
      | SIZE | 5Gi  |
    Then persistentvolumeclaim "copy" has an event "ProvisioningFailed" saying "the PVC DataSource data is currently being deleted"

  Scenario: Of a claim that does not exist
    When persistentvolumeclaim "data" is deleted
    And pod "writer" is deleted
    And 1 minute passes
    And the manifest "cloned-claim.yaml" is applied with the values:
      | NAME | copy |
      | SIZE | 5Gi  |
    Then persistentvolumeclaim "copy" has an event "ProvisioningFailed" saying "error getting PVC data (namespace \"default\") from api server: persistentvolumeclaims \"data\" not found"
