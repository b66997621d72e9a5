@A13
Feature: A readiness gate lets others have a say in whether a pod is ready
  The pod is ready only while each condition it names is True; who sets it is not the kubelet's business.

  Scenario: Ready follows the gate, both ways
    Given the manifest "gated.yaml"
    Then condition "ContainersReady" of pod "gated" is "True"
    And condition "Ready" of pod "gated" is "False" with reason "ReadinessGatesNotReady"
    When condition "example.com/registered" of pod "gated" is set to "True"
    Then condition "Ready" of pod "gated" is "True" within 5 seconds
    When condition "example.com/registered" of pod "gated" is set to "False"
    Then condition "Ready" of pod "gated" is "False" with reason "ReadinessGatesNotReady" within 5 seconds
