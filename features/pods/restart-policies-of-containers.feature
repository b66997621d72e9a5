@A10
Feature: A container may have a restart policy of its own
  It counts before the pod's; and before both count its rules, which look at the exit code.

  Scenario: In a pod that restarts nothing, one container restarts always, another after one exit code only
    Given the manifest "own-restart-policies.yaml"
    Then container "picky" of pod "own-restart-policies" exited with code 42
    And container "picky" of pod "own-restart-policies" exited with code 1 within 30 seconds
    And container "stubborn" of pod "own-restart-policies" exited with code 0 within 30 seconds
    When 3 minutes pass
    Then pod "own-restart-policies" has ".status.containerStatuses[?(@.name=='picky')].restartCount" equal to "1"
    And pod "own-restart-policies" has restarted at least 4 times
    And pod "own-restart-policies" has ".status.phase" equal to "Running"
