@A1
Feature: A volume whose source is missing keeps its pod at ContainerCreating
  The kubelet tries again and again, waiting twice as long each time, and the pod starts by itself once the source is there.

  Scenario: The Secret comes late
    Given the manifest "secret-as-files.yaml"
    Then pod "p" shows "ContainerCreating"
    And pod "p" has an event "FailedMount" saying "MountVolume.SetUp failed for volume \"s\" : secret \"nosuch\" not found"
    And pod "p" stays "ContainerCreating" for 10 seconds
    When the secret "nosuch" is created with:
      | password | sesame |
    Then pod "p" shows "Running" within 10 seconds
    And the log of container "app" of pod "p" contains "sesame"

  Scenario: After two minutes the kubelet says which volumes it waits for
    Given the manifest "secret-as-files.yaml"
    Then pod "p" has an event "FailedMount" saying "Unable to attach or mount volumes: unmounted volumes=[s]" within 124 seconds

  Scenario: A pod that waits for its volumes can be deleted at once
    Given the manifest "secret-as-files.yaml"
    Then pod "p" shows "ContainerCreating"
    When the pod "p" is deleted
    Then pod "p" does not exist
