@D2
Feature: A kind of the whole cluster

  Background:
    Given the manifest "fruit-definition.yaml"
    And condition "Established" of CustomResourceDefinition "fruits.food.example.com" is "True" within 2 seconds

  Scenario: An apple
    Given the manifest "apple.yaml"
    Then Fruit "apple" has ".spec.comment" equal to "little bit rotten"
    And Fruit "apple" has ".spec.weight" equal to "150"
    And Fruit "apple" has no ".metadata.namespace"

  Scenario: An apple without weight
    When the manifest is applied:
      """
      apiVersion: food.example.com/v1
      kind: Fruit
      metadata:
        name: apple
      spec:
        weight: 0
      """
    Then it is refused with "spec.weight in body should be greater than or equal to 1"
