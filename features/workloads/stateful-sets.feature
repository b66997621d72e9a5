@A3
Feature: The pods of a StatefulSet have names that last, and an order
  Each waits until the one before it is ready; the last one is the first to go.

  Scenario: Up in order, down in reverse
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 0            |
      | IMAGE     | busybox:1.28 |
    Then statefulset "db" has 1 pod showing "Running"
    And kubectl get statefulsets shows:
      | NAME | READY |
      | db   | 3/3   |
    And the pods appeared in the order:
      | db-0 |
      | db-1 |
      | db-2 |
    And statefulset "db" has an event "SuccessfulCreate" saying "Create Pod db-2 in StatefulSet db successful"
    When statefulset "db" is scaled to 1
    Then statefulset "db" has 1 pod within 30 seconds
    And the pods went in the order:
      | db-2 |
      | db-1 |
    And pod "db-0" was never replaced

  Scenario: A pod that is deleted comes back under its name
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 0            |
      | IMAGE     | busybox:1.28 |
    Then kubectl get statefulsets shows:
      | NAME | READY |
      | db   | 3/3   |
    When pod "db-1" is deleted
    Then pod "db-1" shows "Terminating"
    And statefulset "db" has 3 pods showing "Running" within 30 seconds
    And pod "db-1" has ".spec.hostname" equal to "db-1"
    And pod "db-1" has ".spec.subdomain" equal to "db"
    And statefulset "db" never had more than 3 pods

  Scenario: An update goes from the last to the first
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 0            |
      | IMAGE     | busybox:1.28 |
    Then the rollout of statefulset "db" is complete
    When the image of container "main" in statefulset "db" is changed to "busybox:1.36"
    Then the rollout of statefulset "db" is complete within 2 minutes
    And the pods went in the order:
      | db-2 |
      | db-1 |
      | db-0 |
    And statefulset "db" never had fewer than 2 ready pods

  Scenario: A partition keeps the first ones as they are
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 0            |
      | IMAGE     | busybox:1.28 |
    Then the rollout of statefulset "db" is complete
    When the manifest "stateful.yaml" is applied with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 2            |
      | IMAGE     | busybox:1.36 |
    Then the rollout of statefulset "db" is complete within 1 minute
    And pod "db-2" has ".spec.containers[0].image" equal to "busybox:1.36"
    And pod "db-1" has ".spec.containers[0].image" equal to "busybox:1.28"
    And pod "db-1" was never replaced
    And pod "db-0" was never replaced

  Scenario Outline: A first pod that never gets ready holds up the others, unless they come in parallel
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | <policy>            |
      | PARTITION | 0                   |
      | IMAGE     | busybox:no-such-tag |
    When 1 minute passes
    Then statefulset "db" has <pods> pods

    Examples:
      | policy       | pods |
      | OrderedReady | 1    |
      | Parallel     | 3    |

  Scenario: An update that does no good is undone, but its pod has to be deleted by hand
    Given the manifest "stateful.yaml" with the values:
      | POLICY    | OrderedReady |
      | PARTITION | 0            |
      | IMAGE     | busybox:1.28 |
    Then the rollout of statefulset "db" is complete
    When the image of container "main" in statefulset "db" is changed to "busybox:no-such-tag"
    Then pod "db-2" shows "ImagePullBackOff" within 1 minute
    When the rollout of statefulset "db" is undone
    And 2 minutes pass
    Then statefulset "db" has 2 pods showing "Running"
    When pod "db-2" is deleted
    Then the rollout of statefulset "db" is complete within 1 minute
    And pod "db-0" was never replaced

  Scenario: Its Service may be missing: the pods run all the same
    Given the manifest:
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: lonely
      spec:
        serviceName: nobody
        selector:
          matchLabels: {app: lonely}
        template:
          metadata:
            labels: {app: lonely}
          spec:
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "3600"]
      """
    Then pod "lonely-0" shows "Running"
    And pod "lonely-0" has ".spec.subdomain" equal to "nobody"
