@A13 @C5
Feature: A readiness probe decides who is served, and restarts nobody
  Until the first success the container is not ready; a Service's endpoints follow within the same second.

  Scenario: A pod becomes ready, and loses it again
    Given the manifest "ready-for-a-while.yaml"
    Then pod "web" shows "Running"
    And condition "Ready" of pod "web" is "False" with reason "ContainersNotReady"
    And service "web" has no endpoints
    And condition "Ready" of pod "web" is "True" within 10 seconds
    And service "web" has endpoints for pod "web"
    And condition "Ready" of pod "web" is "False" within 15 seconds
    And service "web" has no endpoints
    And pod "web" has an event "Unhealthy" saying "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory"
    And pod "web" has restarted 0 times

  Scenario Outline: What a probe asks, and what it says where it fails
    Given the manifest "probed-over-the-network.yaml"
    Then condition "Ready" of pod "<pod>" is "<ready>" within 20 seconds

    Examples:
      | pod             | ready |
      | by-http         | True  |
      | by-http-missing | False |
      | by-http-refused | False |
      | by-tcp          | True  |
      | by-tcp-refused  | False |
      | by-grpc         | True  |
      | by-grpc-refused | False |
      | too-slow        | False |

  Scenario Outline: The event of a failed probe has the words of what was tried
    Given the manifest "probed-over-the-network.yaml"
    Then pod "<pod>" has an event "Unhealthy" saying "<words>" within 20 seconds

    Examples:
      | pod             | words                                                                                  |
      | by-http-missing | Readiness probe failed: HTTP probe failed with statuscode: 404                         |
      | by-http-refused | :8080: connect: connection refused                                                     |
      | by-tcp-refused  | :81: connect: connection refused                                                       |
      | by-grpc-refused | Readiness probe failed: timeout: failed to connect service                             |
      | too-slow        | Readiness probe failed: command timed out: \"sh -c sleep 10\" timed out after 1s       |
