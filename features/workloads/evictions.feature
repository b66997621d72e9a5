@A3
Feature: A disruption budget says how many pods may go at a time
  An eviction is refused when it would leave too few; a deletion asks nobody.

  Background:
    Given the manifest "sized.yaml" with the values:
      | REPLICAS | 3 |
    And the manifest:
      """
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata:
        name: web
      spec:
        minAvailable: 2
        selector:
          matchLabels: {app: web}
      """
    Then deployment "web" has 3 pods showing "Running"
    And poddisruptionbudget "web" has ".status.disruptionsAllowed" equal to "1"

  Scenario: One may go, a second one not yet
    When one pod of deployment "web" is evicted
    And one pod of deployment "web" is evicted
    Then it is refused with "Cannot evict pod as it would violate the pod's disruption budget."
    And deployment "web" has 3 pods showing "Running" within 1 minute
    And poddisruptionbudget "web" has ".status.disruptionsAllowed" equal to "1" within 1 minute
    When one pod of deployment "web" is evicted
    Then deployment "web" has 3 pods showing "Running" within 1 minute
    And deployment "web" never had fewer than 2 ready pods

  Scenario: A deletion asks nobody
    When one pod of deployment "web" is deleted
    And one pod of deployment "web" is deleted
    And one pod of deployment "web" is deleted
    Then deployment "web" has 3 pods showing "Terminating"
    And deployment "web" has 3 pods showing "Running" within 1 minute

  Scenario: A bare pod that is evicted is gone for good
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: bare
      spec:
        terminationGracePeriodSeconds: 1
        containers:
          - {name: main, image: "busybox:1.28", command: [sleep, "3600"]}
      """
    Then pod "bare" shows "Running"
    When pod "bare" is evicted
    Then pod "bare" does not exist
    When 10 minutes pass
    Then pod "bare" does not exist
