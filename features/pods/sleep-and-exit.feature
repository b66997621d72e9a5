@A10 @A11
Feature: A container that works for thirty seconds and then fails
  `sleep 30; exit 3`, the same pod under each restartPolicy.

  Scenario: Under Always it is restarted at once, then at ever longer intervals
    Given the manifest "foo.yaml"
    Then pod "foo" shows "Running"
    And pod "foo" stays "Running" for 25 seconds
    And pod "foo" shows "Error" within 10 seconds
    And container "busybox" of pod "foo" exited with code 3
    And pod "foo" has restarted 1 time within 5 seconds
    And pod "foo" shows "CrashLoopBackOff" within 90 seconds
    And pod "foo" passes through:
      | Pending           |
      | ContainerCreating |
      | Running           |
      | Error             |
      | Running           |
      | Error             |
      | CrashLoopBackOff  |
    And pod "foo" has an event "BackOff" saying "Back-off restarting failed container busybox in pod foo"

  Scenario: Under OnFailure a failure is treated alike
    Given the manifest "foo-on-failure.yaml"
    Then pod "foo" shows "Error" within 35 seconds
    And pod "foo" has restarted 1 time within 5 seconds
    And pod "foo" shows "CrashLoopBackOff" within 90 seconds

  Scenario: Under Never it ends in Error and stays there
    Given the manifest "foo-never.yaml"
    Then pod "foo" shows "Error" within 35 seconds
    And pod "foo" stays "Error" for 1 hour
    And pod "foo" has restarted 0 times
    And pod "foo" never shows "CrashLoopBackOff"
    And container "busybox" of pod "foo" exited with code 3
    And kubectl get pods shows:
      | NAME | READY | STATUS | RESTARTS |
      | foo  | 0/1   | Error  | 0        |
