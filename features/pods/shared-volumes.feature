@A1
Feature: An emptyDir is shared by the containers of a pod and gone with the pod
  It outlives every container, so a restart finds what was written before; a new pod begins with an empty one.

  Background:
    Given the manifest "writer-and-reader.yaml"

  Scenario: What one container writes the other reads
    Then pod "sharing" shows "Running"
    And the log of container "reader" of pod "sharing" contains "hello from the writer"

  Scenario: A pod of the same name finds nothing of what was there
    Then the log of container "writer" of pod "sharing" contains "found 0 lines"
    When pod "sharing" is deleted
    Then pod "sharing" does not exist
    When the manifest "writer-and-reader.yaml" is applied
    Then pod "sharing" shows "Running"
    And the log of container "writer" of pod "sharing" contains "found 0 lines"
