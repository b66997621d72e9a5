@A3
Feature: A ReplicationController is a ReplicaSet's older twin

  Scenario: It keeps its number of pods
    Given the manifest:
      """
      apiVersion: v1
      kind: ReplicationController
      metadata:
        name: twin
      spec:
        replicas: 2
        selector: {app: twin}
        template:
          metadata:
            labels: {app: twin}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "3600"]
      """
    Then replicationcontroller "twin" has 2 pods showing "Running"
    And replicationcontroller "twin" has ".status.readyReplicas" equal to "2"
    When one pod of replicationcontroller "twin" is deleted
    Then replicationcontroller "twin" has 1 pod showing "Terminating"
    And replicationcontroller "twin" has 2 pods showing "Running"
    When replicationcontroller "twin" is scaled to 0
    Then replicationcontroller "twin" has 0 pods within 10 seconds
    And replicationcontroller "twin" has no ".status.readyReplicas"
