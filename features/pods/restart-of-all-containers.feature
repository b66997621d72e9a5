@A10
Feature: An exit code of one container may restart all containers of its pod
  The action RestartAllContainers removes every init and app container without a grace and starts the pod anew in the
  sandbox and with the volumes it has.

  Background:
    Given the manifest "restart-all-containers.yaml"

  Scenario: All containers start again, also those that had ended and are never restarted otherwise
    Then container "leader" of pod "restart-all-containers" exited with code 42
    When 1 minute pass
    Then pod "restart-all-containers" has ".status.containerStatuses[?(@.name=='leader')].restartCount" equal to "1"
    And pod "restart-all-containers" has ".status.containerStatuses[?(@.name=='once')].restartCount" equal to "1"
    And pod "restart-all-containers" has ".status.containerStatuses[?(@.name=='worker')].restartCount" equal to "1"
    And pod "restart-all-containers" has ".status.initContainerStatuses[?(@.name=='prepare')].restartCount" equal to "1"
    And pod "restart-all-containers" has ".status.initContainerStatuses[?(@.name=='proxy')].restartCount" equal to "1"
    And pod "restart-all-containers" has ".status.containerStatuses[?(@.name=='worker')].lastState.terminated.reason" equal to "RestartingAllContainers"
    And pod "restart-all-containers" has ".status.phase" equal to "Running"

  Scenario: The volumes are kept, so what ran before is still there
    When 1 minute pass
    Then the log of container "leader" of pod "restart-all-containers" is:
      """
      prepared
      prepared
      """

  Scenario: While containers are being removed a condition says so
    Then condition "AllContainersRestarting" of pod "restart-all-containers" is "True" with reason "RestartAllContainersStarted" within 30 seconds
    And condition "AllContainersRestarting" of pod "restart-all-containers" is "False" within 1 minute
