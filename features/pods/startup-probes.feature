@A13
Feature: A startup probe holds the other probes back until it has succeeded once
  A slow start is no failure, as long as it comes to an end before the startup probe's patience does.

  Scenario: Liveness and readiness wait, then readiness is asked at once
    Given the manifest "slow-to-start.yaml"
    Then pod "slow" shows "Running"
    And pod "slow" has ".status.containerStatuses[0].started" equal to "false"
    And pod "slow" has ".status.containerStatuses[0].started" equal to "true" within 40 seconds
    And condition "Ready" of pod "slow" is "True" within 5 seconds
    And pod "slow" has restarted 0 times

  Scenario: Who never starts is killed, and started again
    Given the manifest "never-started.yaml"
    Then pod "slow" has restarted 1 time within 15 seconds
    And pod "slow" has an event "Unhealthy" saying "Startup probe failed: cat: can't open '/tmp/started'"
    And pod "slow" has an event "Killing" saying "Container app failed startup probe, will be restarted"
    And condition "Ready" of pod "slow" is "False" with reason "ContainersNotReady"
