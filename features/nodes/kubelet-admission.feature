@A3 @needs:node-failure
Feature: A node takes no pod that it cannot run
  The kubelet looks again at what the scheduler has looked at: a pod that was bound past the scheduler may not fit.

  Scenario: A pod that asks for more than is left has failed before anything of it runs
    Given the manifest "bound-by-hand.yaml" with the values:
      | NAME | first  |
      | CPU  | 3      |
    Then pod "first" shows "Running"
    Given the manifest "bound-by-hand.yaml" with the values:
      | NAME | second |
      | CPU  | 1500m  |
    Then pod "second" shows "OutOfcpu"
    And pod "second" has ".status.phase" equal to "Failed"
    And pod "second" has ".status.message" equal to "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000"
    And pod "second" has an event "OutOfcpu" saying "Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000"
    And pod "second" has no ".status.containerStatuses"

  Scenario: What has ended takes no room
    Given the manifest "bound-by-hand.yaml" with the values:
      | NAME | first  |
      | CPU  | 3      |
    Then pod "first" shows "Running"
    When pod "first" is deleted
    And 1 minute passes
    Then pod "first" does not exist
    Given the manifest "bound-by-hand.yaml" with the values:
      | NAME | second |
      | CPU  | 3      |
    Then pod "second" shows "Running"

  Scenario: A node that is short of memory takes no pod that requests nothing
    Given the manifest "modest-and-greedy.yaml"
    Then pod "greedy" shows "Running"
    When node "node1" runs short of memory
    Then pod "greedy" has ".status.reason" equal to "Evicted" within 20 seconds
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: late
      spec:
        nodeName: node1
        containers:
          - name: app
            image: busybox:1.28
            command: ["sh", "-c", "sleep 3600"]
      """
    Then pod "late" shows "Evicted"
    And pod "late" has ".status.message" equal to "Pod was rejected: The node had condition: [MemoryPressure]. "
