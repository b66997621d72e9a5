@A8
Feature: A container may leave a last word
  What it writes to its terminationMessagePath is in its status; a policy lets the end of its log stand in after a failure.

  Scenario: The file speaks first, the log only for a failure without a file
    Given the manifest "last-words.yaml"
    Then pod "last-words" has ".status.phase" equal to "Failed" within 10 seconds
    And pod "last-words" has ".status.containerStatuses[0].state.terminated.message" equal to "no more work"
    And pod "last-words" has ".status.containerStatuses[1].state.terminated.message" equal to "disk is full"
    And pod "last-words" has ".status.containerStatuses[2].state.terminated.message" equal to "cannot reach the database"
    And pod "last-words" has no ".status.containerStatuses[3].state.terminated.message"
