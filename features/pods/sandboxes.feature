@A1 @A8
Feature: A pod lives in its sandbox
  When that dies, everything in the pod is stopped with its grace and starts anew, init containers first.

  Scenario: A dead sandbox restarts the pod from its first init container
    Given the manifest "init-then-app.yaml"
    Then pod "init-then-app" shows "Running"
    When the sandbox of pod "init-then-app" dies
    Then pod "init-then-app" has an event "SandboxChanged" saying "Pod sandbox changed, it will be killed and re-created."
    And pod "init-then-app" has an event "Killing" saying "Stopping container app"
    And pod "init-then-app" shows "Error" within 40 seconds
    And container "app" of pod "init-then-app" exited with code 137
    And pod "init-then-app" shows "Running"
    And pod "init-then-app" has restarted 1 time
    And pod "init-then-app" has ".status.initContainerStatuses[0].restartCount" equal to "1"
    And pod "init-then-app" was never replaced
