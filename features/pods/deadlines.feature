@A8
Feature: A pod may only be active for so long
  activeDeadlineSeconds counts from the pod's start on its node. A pod whose time is over is stopped with its grace and
  has failed for good, whatever its restartPolicy says.

  Scenario: A minute after its start the pod is stopped and has failed
    Given the manifest "one-minute-at-most.yaml"
    Then pod "one-minute-at-most" shows "Running"
    And pod "one-minute-at-most" stays "Running" for 55 seconds
    And pod "one-minute-at-most" has an event "DeadlineExceeded" within 10 seconds
    And pod "one-minute-at-most" has an event "DeadlineExceeded" saying "Pod was active on the node longer than the specified deadline"
    And pod "one-minute-at-most" has ".status.phase" equal to "Failed" within 10 seconds
    And pod "one-minute-at-most" has ".status.reason" equal to "DeadlineExceeded"
    And container "app" of pod "one-minute-at-most" exited with code 137
    And condition "Ready" of pod "one-minute-at-most" is "False" with reason "PodFailed"
    And pod "one-minute-at-most" stays "Error" for 1 hour
