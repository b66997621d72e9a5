@A12
Feature: A pod may ask for resources as a whole
  Its containers share them; what a container does not say for itself it has from the pod.

  Background:
    Given the manifest "shared-memory-limit.yaml"
    Then pod "shared-memory-limit" shows "Running"

  Scenario: The pod's resources are in its status and decide its class, and a container's limit is the pod's
    Then pod "shared-memory-limit" has ".status.qosClass" equal to "Burstable"
    And pod "shared-memory-limit" has ".status.resources.limits.memory" equal to "6Mi"
    And pod "shared-memory-limit" has ".status.allocatedResources.cpu" equal to "1250m"
    And the log of container "first" of pod "shared-memory-limit" contains "6 MiB"
    And kubectl describe pod "shared-memory-limit" shows:
      """
      Resources:
        Limits:
          cpu:     1250m
          memory:  6Mi
        Requests:
          cpu:     1250m
          memory:  4Mi
      """

  Scenario: When the containers together take more than the limit, the one that has most is killed
    Then container "second" of pod "shared-memory-limit" exited with code 137 within 30 seconds
    And pod "shared-memory-limit" has ".status.containerStatuses[?(@.name=='second')].state.terminated.reason" equal to "OOMKilled"
    And pod "shared-memory-limit" has ".status.containerStatuses[?(@.name=='first')].ready" equal to "true"
