@A2
Feature: The containers of a pod may see each other's processes
  With shareProcessNamespace the sandbox's own process is number 1. An app is not, so a stop signal it does not handle
  ends it at once instead of passing it by.

  Scenario: Everybody sees everybody, and nobody needs its grace to end
    Given the manifest "shared-processes.yaml"
    Then pod "shared-processes" shows "Running"
    And the log of container "observer" of pod "shared-processes" contains "1 root      0:00 /pause"
    And the log of container "observer" of pod "shared-processes" contains "sh -c sleep 3600 & wait"
    When pod "shared-processes" is deleted
    And 3 seconds pass
    Then pod "shared-processes" does not exist
