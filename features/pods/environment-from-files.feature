@A9
Feature: A variable may come from a file that an init container has written
  The file holds lines like NAME='value'; containers need not mount its volume.

  Scenario: One key is there, the other is not
    Given the manifest "environment-from-files.yaml"
    Then the log of container "reader" of pod "environment-from-files" contains "hello from a file"
    And pod "environment-from-files" has ".status.containerStatuses[?(@.name=='waiter')].state.waiting.reason" equal to "CreateContainerConfigError"
    And pod "environment-from-files" has an event "Failed" saying "Error: environment variable key \"MISSING\" not found in file"
