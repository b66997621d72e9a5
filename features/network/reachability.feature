@C1
Feature: Who reaches whom
  A connection opens where it arrives, somebody listens, and the answer comes back. Refused, unreachable and silent are
  three different failures.

  Background:
    Given the manifest "server.yaml" with the values:
      | NAME | web  |
      | NODE | null |
    And the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: asks}
      spec: {containers: [{name: app, image: "busybox:1.36", command: [sleep, "3600"]}]}
      """
    Then pod "web" answers on port 80
    And pod "asks" shows "Running"

  Scenario: A pod reaches a pod where somebody listens, and is refused elsewhere
    Then pod "asks" can reach pod "web" on port 80
    And pod "asks" cannot reach pod "web" on port 81: "Connection refused"

  Scenario: A pod reaches a Service that has endpoints
    When the service "web" is created on port 8080 to 80 for "app=web"
    And service "web" has endpoints for pod "web"
    And 2 seconds pass
    Then pod "asks" can reach service "web" on port 8080

  Scenario: Nobody answers from outside
    Then pod "asks" cannot reach the address "203.0.113.7" on port 80: "Connection timed out"
