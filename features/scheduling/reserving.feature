@B5 @needs:node-failure @needs:storage-drivers
Feature: What is promised to a pod is nobody else's, from the decision until it is bound

  Background:
    Given the nodes:
      | name  | cpu | zone |
      | node1 | 2   | a    |
    And the storage driver "disk.csi.example.com":
      | topology | topology.kubernetes.io/zone |
      | latency  | 20 seconds                  |
    And the manifest "driver-class.yaml" with the values:
      | MODE   | WaitForFirstConsumer |
      | POLICY | Delete               |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 1Gi  |
    And the manifest "worker-with-claim.yaml" with the values:
      | NAME  | first |
      | CPU   | 2     |
      | CLAIM | data  |
    And persistentvolumeclaim "data" has an event "Provisioning"

  Scenario: Its room and its claim are reserved while the volume is made
    Then the scheduler reserves for pod "first":
      | cpu        | 2                   |
      | claim data | a volume to be made |
    When the manifest "worker.yaml" is applied with the values:
      | NAME | second |
      | CPU  | 1      |
    Then pod "second" has an event "FailedScheduling" saying "1 Insufficient cpu"
    And pod "first" has no ".spec.nodeName"
    And pod "first" has ".spec.nodeName" equal to "node1"
    And pod "first" shows "Running"

  Scenario: A node that joins meanwhile changes nothing for it, and helps who waits
    Given the manifest "worker.yaml" with the values:
      | NAME | second |
      | CPU  | 1      |
    And pod "second" has an event "FailedScheduling"
    When the nodes join:
      | name  | cpu | zone |
      | node2 | 2   | b    |
    Then pod "second" has ".spec.nodeName" equal to "node2"
    And pod "first" has ".spec.nodeName" equal to "node1"
    And pod "first" shows "Running"

  Scenario: The node goes while the volume is made: another is found that reaches it
    When node "node1" leaves the cluster
    And the nodes join:
      | name  | cpu | zone |
      | node3 | 2   | a    |
    Then pod "first" has ".spec.nodeName" equal to "node3" within 10 minutes
    And pod "first" shows "Running"
    And the storage driver "disk.csi.example.com" has 1 volume

  Scenario: The pod goes while the volume is made: nothing of its room is lost
    When pod "first" is deleted
    And the manifest "worker.yaml" is applied with the values:
      | NAME | second |
      | CPU  | 2      |
    Then pod "second" has ".spec.nodeName" equal to "node1"
    And persistentvolumeclaim "data" has ".status.phase" equal to "Bound"
