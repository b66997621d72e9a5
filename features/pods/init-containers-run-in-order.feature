@A4
Feature: Init containers run one after another, each to success, before the app containers start together

  Background:
    Given the manifest "init-order.yaml"

  Scenario: STATUS counts the init containers off
    Then pod "init-order" shows "Running"
    And pod "init-order" passes through:
      | Pending         |
      | Init:0/3        |
      | Init:1/3        |
      | Init:2/3        |
      | PodInitializing |
      | Running         |
    And container "first" of pod "init-order" exited with code 0
    And container "second" of pod "init-order" exited with code 0
    And container "third" of pod "init-order" exited with code 0

  Scenario: Each finds what the one before it has done
    Then pod "init-order" shows "Running"
    And the log of container "reader" of pod "init-order" is:
      """
      first
      second
      third
      """

  Scenario: The app containers start together, with no init container between them
    Then pod "init-order" shows "Running"
    And kubectl get pods shows:
      | NAME       | READY | STATUS  | RESTARTS |
      | init-order | 2/2   | Running | 0        |
