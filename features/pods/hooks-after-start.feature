@A13
Feature: A container runs for others only once its postStart hook is over
  The hook begins beside the container's own command; if it fails, the container is killed.

  Scenario: While the hook lasts the container still counts as being made
    Given the manifest "hook-after-start.yaml"
    Then pod "prepared" shows "ContainerCreating"
    And pod "prepared" stays "ContainerCreating" for 7 seconds
    And pod "prepared" shows "Running" within 3 seconds

  Scenario: A hook that fails has the container killed and tried again, later and later
    Given the manifest "hook-after-start.yaml"
    Then pod "unprepared" shows "PostStartHookError" within 5 seconds
    And pod "unprepared" has an event "FailedPostStartHook" saying "PostStartHook failed"
    And pod "unprepared" has an event "Killing" saying "FailedPostStartHook"
    And pod "unprepared" shows "CrashLoopBackOff" within 15 seconds
    And container "app" of pod "unprepared" exited with code 137
    And pod "unprepared" never shows "Running"
