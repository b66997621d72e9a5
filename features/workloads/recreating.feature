@A3
Feature: Under the strategy Recreate no pod of the new kind meets one of the old
  The old pods go first, all of them; the new ones are made when the last of them is gone.

  Scenario: All at once
    Given the manifest "recreated.yaml"
    Then the rollout of deployment "web" is complete
    When the image of container "deaf" in deployment "web" is changed to "busybox:1.36"
    Then deployment "web" has 3 pods showing "Terminating"
    And condition "Available" of deployment "web" is "False"
    When 4 seconds pass
    Then deployment "web" has 3 pods showing "Terminating"
    And deployment "web" has 3 pods
    And deployment "web" has 3 pods showing "Running" within 10 seconds
    And the rollout of deployment "web" is complete
    And condition "Available" of deployment "web" is "True"
