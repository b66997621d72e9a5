@A12
Feature: A running pod gets other resources without being replaced
  cpu changes while the container runs; memory does too, unless the container's resizePolicy asks for a restart.

  Background:
    Given the manifest "resizable.yaml"
    Then pod "resizable" shows "Running"

  Scenario: More cpu, and nothing restarts
    When pod "resizable" is resized:
      | container | cpu request | cpu limit |
      | app       | 150m        | 300m      |
    Then pod "resizable" has ".status.containerStatuses[0].resources.limits.cpu" equal to "300m"
    And pod "resizable" has ".status.containerStatuses[0].allocatedResources.cpu" equal to "150m"
    And pod "resizable" has an event "ResizeStarted" saying "Pod resize started: {\"containers\":[{\"name\":\"app\""
    And pod "resizable" has an event "ResizeCompleted"
    And pod "resizable" has restarted 0 times
    And pod "resizable" was never replaced

  Scenario: More memory, and the policy restarts the container
    When pod "resizable" is resized:
      | container | memory request | memory limit |
      | app       | 64Mi           | 128Mi        |
    Then pod "resizable" has restarted 1 time within 10 seconds
    And pod "resizable" has an event "Killing" saying "Container app resize requires restart"
    And pod "resizable" has ".status.containerStatuses[0].resources.limits.memory" equal to "128Mi"

  Scenario: More than the node has stays pending for good
    When pod "resizable" is resized:
      | container | cpu request | cpu limit |
      | app       | 100         | 100       |
    Then condition "PodResizePending" of pod "resizable" is "True" with reason "Infeasible"
    And pod "resizable" has ".status.containerStatuses[0].resources.limits.cpu" equal to "200m"

  Scenario: The QoS class may not change
    When pod "resizable" is resized:
      | container | cpu request | memory request |
      | app       | 200m        | 64Mi           |
    Then it is refused with "Pod QOS Class may not change as a result of resizing"
