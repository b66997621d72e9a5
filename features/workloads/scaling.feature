@A3
Feature: A workload has as many pods as it is told to
  Too few are made, too many are deleted, and those that serve least go first.

  Scenario: Up, down, and to nothing
    Given the manifest "sized.yaml" with the values:
      | REPLICAS | 1 |
    Then deployment "web" has 1 pod showing "Running"
    When deployment "web" is scaled to 3
    Then kubectl get deployments shows:
      | NAME | READY |
      | web  | 3/3   |
    And deployment "web" has an event "ScalingReplicaSet" saying "from 1 to 3"
    When deployment "web" is scaled to 2
    Then deployment "web" has 1 pod showing "Terminating"
    And deployment "web" has 2 pods within 10 seconds
    When deployment "web" is scaled to 0
    Then deployment "web" has 0 pods within 10 seconds
    And kubectl get deployments shows:
      | NAME | READY |
      | web  | 0/0   |

  Scenario: A pod that does not run yet is the first to go
    Given the manifest "sized.yaml" with the values:
      | REPLICAS | 2 |
    Then deployment "web" has 2 pods showing "Running"
    When the image of container "nginx" in deployment "web" is changed to "nginx:no-such-tag"
    Then deployment "web" has 1 pod showing "ErrImagePull"
    When the rollout of deployment "web" is undone
    Then deployment "web" has 2 pods showing "Running" within 10 seconds
    And deployment "web" never had fewer than 2 ready pods

  Scenario: A pod of nobody is taken in, and is one too many
    Given the manifest:
      """
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata:
        name: keeper
      spec:
        replicas: 1
        selector:
          matchLabels: {app: kept}
        template:
          metadata:
            labels: {app: kept}
          spec:
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "3600"]
      """
    Then replicaset "keeper" has 1 pod showing "Running"
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: stray
        labels: {app: kept}
      spec:
        containers:
          - name: main
            image: busybox:1.28
            command: [sleep, "3600"]
      """
    Then pod "stray" does not exist
    And replicaset "keeper" has 1 pod showing "Running"
    And replicaset "keeper" has an event "SuccessfulDelete" saying "Deleted pod: stray"
