@B1 @B3 @needs:storage-drivers @needs:node-failure
Feature: The scheduler knows how many volumes a node may have, and where there is room for one

  Scenario: A node takes no more volumes of a driver than it may have
    Given the nodes:
      | name  |
      | node1 |
    And the storage driver "disk.csi.example.com":
      | allocatable | 1 |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | first |
      | CLASS | fast  |
      | SIZE  | 1Gi   |
    And the manifest "claim.yaml" with the values:
      | NAME  | second |
      | CLASS | fast   |
      | SIZE  | 1Gi    |
    And persistentvolumeclaim "second" has ".status.phase" equal to "Bound"
    And the manifest "writer.yaml" with the values:
      | NAME  | one   |
      | CLAIM | first |
    And pod "one" shows "Running"
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | two    |
      | CLAIM | second |
    Then pod "two" has an event "FailedScheduling" saying "0/1 nodes are available: 1 node(s) exceed max volume count. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | sharing |
      | CLAIM | first   |
    Then pod "sharing" shows "Running"
    When the nodes join:
      | name  |
      | node2 |
    Then pod "two" shows "Running"

  Scenario: Volumes that are still to be made count too
    Given the nodes:
      | name  |
      | node1 |
    And the storage driver "disk.csi.example.com":
      | allocatable | 1 |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | first |
      | CLASS | fast  |
      | SIZE  | 1Gi   |
    And the manifest "claim.yaml" with the values:
      | NAME  | second |
      | CLASS | fast   |
      | SIZE  | 1Gi    |
    And the manifest "writer.yaml" with the values:
      | NAME  | one   |
      | CLAIM | first |
    And the manifest "writer.yaml" with the values:
      | NAME  | two    |
      | CLAIM | second |
    Then pod "one" shows "Running"
    And pod "two" has an event "FailedScheduling" saying "1 node(s) exceed max volume count"
    When pod "one" is deleted
    Then pod "two" shows "Running"

  Scenario: Room is published for each place, and a pod goes where there is enough
    Given the nodes:
      | name  | rack |
      | node1 | r1   |
      | node2 | r2   |
    And the storage driver "disk.csi.example.com":
      | topology        | rack     |
      | capacity        | 5Gi each |
      | storageCapacity | true     |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | first |
      | CLASS | fast  |
      | SIZE  | 4Gi   |
    And the manifest "claim.yaml" with the values:
      | NAME  | second |
      | CLASS | fast   |
      | SIZE  | 4Gi    |
    And the manifest "claim.yaml" with the values:
      | NAME  | third |
      | CLASS | fast  |
      | SIZE  | 4Gi   |
    And the manifest "writer.yaml" with the values:
      | NAME  | one   |
      | CLAIM | first |
    Then pod "one" shows "Running"
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | two    |
      | CLAIM | second |
    Then pod "two" shows "Running"
    When the manifest "writer.yaml" is applied with the values:
      | NAME  | three |
      | CLAIM | third |
    Then pod "three" has an event "FailedScheduling" saying "0/2 nodes are available: 2 node(s) did not have enough free storage."
    And persistentvolumeclaim "third" has no event "Provisioning"
    When pod "one" is deleted
    And persistentvolumeclaim "first" is deleted
    Then pod "three" shows "Running" within 2 minutes

  Scenario: Without it the driver is asked, refuses, and the scheduler chooses again
    Given the nodes:
      | name  | rack |
      | node1 | r1   |
      | node2 | r2   |
    And the storage driver "disk.csi.example.com":
      | topology | rack     |
      | capacity | 5Gi each |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | first |
      | CLASS | fast  |
      | SIZE  | 4Gi   |
    And the manifest "writer-on-node.yaml" with the values:
      | NAME  | one   |
      | CLAIM | first |
      | NODE  | node1 |
    Then pod "one" shows "Running"
    Given the manifest "claim.yaml" with the values:
      | NAME  | second |
      | CLASS | fast   |
      | SIZE  | 4Gi    |
    And the manifest "writer-on-node.yaml" with the values:
      | NAME  | two    |
      | CLAIM | second |
      | NODE  | node1  |
    Then persistentvolumeclaim "second" has an event "ProvisioningFailed" saying "rpc error: code = ResourceExhausted desc = 4Gi requested, 1Gi left"
    And pod "two" has an event "FailedScheduling" saying "running PreBind plugin \"VolumeBinding\": binding volumes: provisioning failed for PVC \"second\""
    And persistentvolumeclaim "second" has no ".metadata.annotations['volume.kubernetes.io/selected-node']"
    And the storage driver "disk.csi.example.com" has 1 volume
