@B5 @needs:storage-drivers
Feature: A driver that does not do as it should
  Every failure is told, every call is tried again after a longer wait, and nothing is left behind.

  Background:
    Given the storage driver "disk.csi.example.com":
      | capacity | 10Gi |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |

  Scenario: It hangs
    When the storage driver "disk.csi.example.com" hangs
    And the manifest "claim.yaml" is applied with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has an event "ProvisioningFailed" saying "failed to provision volume with StorageClass \"fast\": rpc error: code = DeadlineExceeded desc = context deadline exceeded"
    And persistentvolumeclaim "data" has ".status.phase" equal to "Pending"
    When the storage driver "disk.csi.example.com" works again
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound" within 1 minute
    And the storage driver "disk.csi.example.com" has 1 volume

  Scenario: It fails every second call
    When the storage driver "disk.csi.example.com" fails every second call
    And the manifest "claim.yaml" is applied with the values:
      | NAME  | first |
      | CLASS | fast  |
      | SIZE  | 1Gi   |
    And the manifest "claim.yaml" is applied with the values:
      | NAME  | second |
      | CLASS | fast   |
      | SIZE  | 1Gi    |
    Then persistentvolumeclaim "first" has ".status.phase" equal to "Bound"
    And persistentvolumeclaim "second" has an event "ProvisioningFailed" saying "rpc error: code = Internal"
    And persistentvolumeclaim "second" has ".status.phase" equal to "Bound"
    And the storage driver "disk.csi.example.com" has 2 volumes

  Scenario: A claim that is larger than everything
    Given the manifest "claim.yaml" with the values:
      | NAME  | huge |
      | CLASS | fast |
      | SIZE  | 1Ti  |
    Then persistentvolumeclaim "huge" has an event "ProvisioningFailed" saying "rpc error: code = ResourceExhausted desc = 1Ti requested, 10Gi left"
    When 10 minutes pass
    Then persistentvolumeclaim "huge" has ".status.phase" equal to "Pending"
    And the storage driver "disk.csi.example.com" has no volumes

  Scenario: A claim that is deleted while its volume is made leaves nothing behind
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has an event "Provisioning"
    When persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then persistentvolumeclaim "data" does not exist
    And the storage driver "disk.csi.example.com" has no volumes

  Scenario: It cannot delete for a while
    Given the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 5Gi  |
    Then persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
    When the storage driver "disk.csi.example.com" fails
    And persistentvolumeclaim "data" is deleted
    And 1 minute passes
    Then the storage driver "disk.csi.example.com" has 1 volume
    When the storage driver "disk.csi.example.com" works again
    And 5 minutes pass
    Then the storage driver "disk.csi.example.com" has no volumes
