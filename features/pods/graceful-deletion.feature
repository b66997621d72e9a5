@A13
Feature: A deleted pod is asked to end, and killed when its grace period is over
  A process that handles TERM decides when it ends. One that does not, as process 1 of its container, never hears it.

  Scenario: A process that handles TERM ends the pod at once
    Given the manifest "polite.yaml"
    Then pod "polite" shows "Running"
    When 1 second passes
    And pod "polite" is deleted
    Then pod "polite" shows "Terminating"
    And pod "polite" shows "Completed" within 3 seconds
    And pod "polite" has an event "Killing" saying "Stopping container app"
    And pod "polite" does not exist

  Scenario: A process that ignores TERM is killed after the grace period
    Given the manifest "stubborn.yaml"
    Then pod "stubborn" shows "Running"
    When pod "stubborn" is deleted
    Then pod "stubborn" stays "Terminating" for 5 seconds
    And pod "stubborn" shows "Error" within 3 seconds
    And container "app" of pod "stubborn" exited with code 137
    And pod "stubborn" does not exist
