@D3 @operator
Feature: An operator keeps a Deployment for each CronTab
  The operator is a program of its own, written with kopf: crontab_operator.py beside this file.

  Background:
    Given Python has the package "kopf"
    And the manifest "crontab-definition.yaml"
    And condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds
    And each second of the operator lasts 10 seconds in the cluster
    And the operator "crontabs" runs:
      """
      python -m kopf run --standalone --namespace={namespace} crontab_operator.py
      """

  Scenario: A CronTab becomes pods, follows its changes, and says how it ended
    Given the manifest "nightly-crontab.yaml"
    Then Deployment "nightly" has 2 pods showing "Running" within 30 seconds
    And CronTab "nightly" has ".status.replicas" equal to "2"
    And Deployment "nightly" has ".metadata.ownerReferences[0].kind" equal to "CronTab"
    When CronTab "nightly" is scaled to 3
    Then Deployment "nightly" has 3 pods showing "Running" within 30 seconds
    And CronTab "nightly" has ".status.replicas" equal to "3"
    When CronTab "nightly" is deleted
    Then ConfigMap "nightly-was-here" has ".data.crontab" equal to "nightly" within 30 seconds
    And CronTab "nightly" does not exist
    And Deployment "nightly" does not exist

  Scenario: One that is deleted stays until the operator has done its part
    Given the manifest "nightly-crontab.yaml"
    And CronTab "nightly" has ".status.replicas" equal to "2" within 30 seconds
    When the operator "crontabs" is stopped
    And CronTab "nightly" is deleted
    And 1 minute passes
    Then CronTab "nightly" has ".metadata.finalizers[0]" equal to "kopf.zalando.org/KopfFinalizerMarker"
    When the operator "crontabs" runs
    Then CronTab "nightly" does not exist
    And ConfigMap "nightly-was-here" has ".data.crontab" equal to "nightly"

  Scenario: An operator that dies in the middle of its work ends it when it is back
    Given the manifest "nightly-crontab.yaml"
    And Deployment "nightly" has ".spec.replicas" equal to "2"
    When the operator "crontabs" is killed
    Then CronTab "nightly" has no ".status.replicas"
    When the operator "crontabs" runs
    Then CronTab "nightly" has ".status.replicas" equal to "2" within 30 seconds
    And Deployment "nightly" has ".metadata.generation" equal to "1"

  @needs:dropped-watches
  Scenario: An operator whose watches are dropped misses nothing
    Given the manifest "nightly-crontab.yaml"
    And CronTab "nightly" has ".status.replicas" equal to "2" within 30 seconds
    When the API server drops the operator's watches
    And CronTab "nightly" is scaled to 4
    Then Deployment "nightly" has ".spec.replicas" equal to "4" within 1 minute
