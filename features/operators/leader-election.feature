@D5 @operator
Feature: Of two replicas of an operator one leads
  They agree by a Lease that the leader renews; who leads is written with what it does. elected_operator.py is beside
  this file.

  Background:
    Given Python has the package "kubernetes.leaderelection.resourcelock.leaselock"
    And the manifest "crontab-definition.yaml"
    And condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds
    And the manifest "nightly-crontab.yaml"
    And each second of the operator lasts 10 seconds in the cluster
    And the operator "first" runs:
      """
      python elected_operator.py
      """

  Scenario: The leader is killed, and the other takes over once the Lease has expired
    Then Lease "crontab-operator" has ".spec.holderIdentity" equal to "first"
    And ConfigMap "nightly-schedule" has ".data.by" equal to "first"
    When the operator "second" runs:
      """
      python elected_operator.py
      """
    Then Lease "crontab-operator" has ".spec.holderIdentity" equal to "first"
    When the operator "first" is killed
    Then Lease "crontab-operator" has ".spec.holderIdentity" equal to "second" within 2 minutes
    And ConfigMap "nightly-schedule" has ".data.by" equal to "second"
    When the operator "first" runs
    And 20 seconds pass
    Then Lease "crontab-operator" has ".spec.holderIdentity" equal to "second"
