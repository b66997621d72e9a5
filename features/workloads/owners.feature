@D4
Feature: What belongs to others goes with them
  The garbage collector looks at the owners of every object: when none of them is left, it goes.

  Scenario: An object goes with its owner
    Given the configmap "owner" is created
    And the configmap "child" is created
    When configmap "child" is given the owner configmap "owner"
    And configmap "owner" is deleted
    Then configmap "child" does not exist

  Scenario: It stays as long as one of its owners does
    Given the configmap "first" is created
    And the configmap "second" is created
    And the configmap "child" is created
    When configmap "child" is given the owner configmap "first"
    And configmap "child" is given the owner configmap "second"
    And configmap "first" is deleted
    And 1 minute passes
    Then configmap "child" has ".metadata.name" equal to "child"
    And configmap "child" has ".metadata.ownerReferences[0].name" equal to "second"

  Scenario: A circle of owners holds nobody: it goes with the first of them that is deleted
    Given the configmap "first" is created
    And the configmap "second" is created
    When configmap "first" is given the owner configmap "second"
    And configmap "second" is given the owner configmap "first"
    And 1 minute passes
    Then configmap "first" has ".metadata.name" equal to "first"
    And configmap "second" has ".metadata.name" equal to "second"
    When configmap "first" is deleted
    Then configmap "second" does not exist
    And configmap "first" does not exist

  Scenario: A Deployment takes all it has made with it
    Given the manifest "sized.yaml" with the values:
      | REPLICAS | 2 |
    Then deployment "web" has 2 pods showing "Running"
    When deployment "web" is deleted
    Then deployment "web" has 0 pods within 1 minute
