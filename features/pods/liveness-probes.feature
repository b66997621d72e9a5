@A13
Feature: A liveness probe that fails has the container restarted
  The kubelet kills the container and starts it again in one go: what is seen is one more restart, not an end.

  Scenario: As many failures in a row as the threshold asks for, and the container is replaced
    Given the manifest "alive-for-a-while.yaml"
    Then pod "fading" shows "Running"
    And pod "fading" has restarted 1 time within 15 seconds
    And container "app" of pod "fading" exited with code 137
    And pod "fading" has an event "Unhealthy" saying "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory"
    And pod "fading" has an event "Killing" saying "Container app failed liveness probe, will be restarted"
    And pod "fading" never shows "Error"

  Scenario: Kills that keep coming meet the back-off
    Given the manifest "alive-for-a-while.yaml"
    Then pod "fading" shows "CrashLoopBackOff" within 1 minute
    And pod "fading" has restarted 3 times
    And pod "fading" never shows "Error"

  Scenario: Under Never it is killed, and that is the end
    Given the manifest "alive-for-a-while-never.yaml"
    Then pod "fading" shows "Error" within 10 seconds
    And pod "fading" has an event "Unhealthy" saying "Liveness probe failed"
    And pod "fading" has an event "Killing" saying "Stopping container app"
    And pod "fading" stays "Error" for 5 minutes
    And pod "fading" has restarted 0 times

  Scenario: A probe may grant less time to end than its pod does
    Given the manifest "short-of-patience.yaml"
    Then pod "stubborn" has restarted 1 time within 30 seconds
    And pod "stubborn" has an event "Unhealthy" saying "connect: connection refused"
