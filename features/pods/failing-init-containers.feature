@A4
Feature: What becomes of a pod whose init container fails is for its restartPolicy to say
  Under Always and OnFailure the init container is tried again, at ever longer intervals. Under Never the pod has failed.
  In no case do the containers after it run.

  Scenario Outline: Under Always and OnFailure a failing init container is tried again and again
    Given the manifest "<manifest>"
    Then pod "init-fails" shows "Init:Error"
    And pod "init-fails" shows "Init:CrashLoopBackOff"
    And pod "init-fails" has restarted at least 3 times within 2 minutes
    And pod "init-fails" never shows "Running" for 1 hour
    And pod "init-fails" has ".status.phase" equal to "Pending"
    And container "broken" of pod "init-fails" exited with code 1
    And the log of container "broken" of pod "init-fails" contains "cannot do it"
    And pod "init-fails" has an event "BackOff" saying "Back-off restarting failed container broken"
    And reading the log of container "app" of pod "init-fails" is refused with "is waiting to start: PodInitializing"

    Examples:
      | policy    | manifest                   |
      | Always    | init-fails.yaml            |
      | OnFailure | init-fails-on-failure.yaml |

  Scenario: Under Never the pod has failed and the app never starts
    Given the manifest "init-fails-never.yaml"
    Then pod "init-fails" shows "Init:Error"
    And pod "init-fails" has ".status.phase" equal to "Failed" within 10 seconds
    And pod "init-fails" stays "Init:Error" for 1 hour
    And pod "init-fails" has restarted 0 times
    And pod "init-fails" never shows "Running"

  Scenario: An init container that succeeds on its second try lets the pod go on
    The volume outlives the container, so the second try finds what the first one left behind.
    Given the manifest "init-second-try.yaml"
    Then pod "init-second-try" shows "Running"
    And pod "init-second-try" passes through:
      | Pending         |
      | Init:0/1        |
      | Init:Error      |
      | Init:0/1        |
      | PodInitializing |
      | Running         |
    And container "setup" of pod "init-second-try" exited with code 0
    And the log of container "setup" of pod "init-second-try" contains "ready now"
