@A4 @A8
Feature: A sidecar is there before the app and goes after it
  An init container with restartPolicy Always starts in its turn and stays. The app starts once it has started, the pod
  ends with its apps, and sidecars are told to end last, in the reverse of the order they started in.

  Scenario: The sidecar starts in its turn, outlives the app, and the pod succeeds without it
    Given the manifest "with-sidecar.yaml"
    Then pod "with-sidecar" shows "Running"
    And kubectl get pods shows:
      | NAME         | READY | STATUS  | RESTARTS |
      | with-sidecar | 2/2   | Running | 0        |
    And pod "with-sidecar" shows "Completed" within 15 seconds
    And pod "with-sidecar" passes through:
      | Pending         |
      | Init:0/2        |
      | Init:1/2        |
      | PodInitializing |
      | Running         |
      | Completed       |
    And the log of container "shipper" of pod "with-sidecar" contains "shipped the rest"
    And pod "with-sidecar" has ".status.phase" equal to "Succeeded" within 5 seconds
    And pod "with-sidecar" has an event "Killing" saying "Stopping container shipper"

  Scenario: Sidecars end after the apps, the last one first
    Given the manifest "two-sidecars.yaml"
    Then pod "two-sidecars" has ".status.reason" equal to "DeadlineExceeded"
    And the log of container "network" of pod "two-sidecars" is:
      """
      app
      shipper
      network
      """
    And container "network" of pod "two-sidecars" exited with code 0

  Scenario: A sidecar that fails is started again, at ever longer intervals, and counts in RESTARTS
    Given the manifest "failing-sidecar.yaml"
    Then pod "failing-sidecar" shows "Running"
    And pod "failing-sidecar" has restarted at least 3 times within 2 minutes
    And pod "failing-sidecar" shows "Init:CrashLoopBackOff" within 2 minutes
    And pod "failing-sidecar" has ".status.phase" equal to "Running"
    And pod "failing-sidecar" has ".status.containerStatuses[0].restartCount" equal to "0"
