@A13
Feature: A preStop hook runs before the container is told to stop
  Its time is taken out of the grace period; where it takes too long, or fails, the container is stopped all the same.

  Scenario: TERM comes once the hook is over
    Given the manifest "hook-before-stop.yaml"
    And pod "polite" shows "Running"
    When pod "polite" is deleted
    Then pod "polite" stays "Terminating" for 3 seconds
    And pod "polite" shows "Completed" within 2 seconds
    And container "app" of pod "polite" exited with code 0

  Scenario: A hook that uses up the grace leaves two seconds to end in
    Given the manifest "hook-longer-than-grace.yaml"
    And pod "late" shows "Running"
    When pod "late" is deleted
    Then pod "late" stays "Terminating" for 5 seconds
    And pod "late" shows "Completed" within 2 seconds

  Scenario: A hook longer than the grace is given up
    Given the manifest "hook-longer-than-grace.yaml"
    And pod "later" shows "Running"
    When pod "later" is deleted
    Then pod "later" stays "Terminating" for 6 seconds
    And pod "later" shows "Error" within 3 seconds
    And container "app" of pod "later" exited with code 137

  Scenario: A second delete cuts the hook short
    Given the manifest "hook-longer-than-grace.yaml"
    And pod "later" shows "Running"
    When pod "later" is deleted
    And 1 second passes
    And pod "later" is deleted with a grace of 1 second
    Then pod "later" shows "Error" within 4 seconds

  Scenario: A hook that fails is told, and nothing more
    Given the manifest "hook-that-fails.yaml"
    And pod "rude" shows "Running"
    When pod "rude" is deleted
    Then pod "rude" has an event "FailedPreStopHook" saying "PreStopHook failed"
    And pod "rude" shows "Error" within 4 seconds
