@A1
Feature: A container is added to a pod that runs
  An ephemeral container starts once in the pod's sandbox. It never restarts, and says nothing of the pod's health.

  Scenario: It runs beside the app, ends, and stays ended
    Given the manifest "foo.yaml"
    Then pod "foo" shows "Running"
    When the ephemeral container "debug" with image "busybox:1.36" running "hostname; sleep 5; exit 7" is added to pod "foo"
    Then the log of container "debug" of pod "foo" contains "foo"
    And pod "foo" has ".status.ephemeralContainerStatuses[0].state.terminated.exitCode" equal to "7"
    And pod "foo" stays "Running" for 10 seconds
    And pod "foo" has ".status.ephemeralContainerStatuses[0].restartCount" equal to "0"
    And pod "foo" has ".status.containerStatuses[0].restartCount" equal to "0"
    And pod "foo" was never replaced

  Scenario: It sees the others' processes where the pod shares them, and ends with the pod
    Given the manifest "shared-processes.yaml"
    Then pod "shared-processes" shows "Running"
    When the ephemeral container "debug" with image "busybox:1.36" running "ps; sleep 3600" is added to pod "shared-processes"
    Then the log of container "debug" of pod "shared-processes" contains "/pause"
    When pod "shared-processes" is deleted
    Then pod "shared-processes" has an event "Killing" saying "Stopping container debug"
    And pod "shared-processes" does not exist

  Scenario: What cannot be pulled waits, and the app does not care
    Given the manifest "foo.yaml"
    Then pod "foo" shows "Running"
    When the ephemeral container "debug" with image "busybox:none" running "true" is added to pod "foo"
    Then pod "foo" has ".status.ephemeralContainerStatuses[0].state.waiting.reason" equal to "ErrImagePull"
    And pod "foo" stays "Running" for 5 seconds

  Scenario: A name is given once in a pod
    Given the manifest "foo.yaml"
    When the ephemeral container "busybox" with image "busybox:1.36" running "true" is added to pod "foo"
    Then it is refused with "spec.ephemeralContainers[0].name: Duplicate value: \"busybox\""
