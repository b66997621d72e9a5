@D1
Feature: A CustomResourceDefinition adds a kind to the cluster

  Background:
    Given the manifest "crontab-definition.yaml"

  Scenario: It is established once its names are accepted
    Then condition "NamesAccepted" of CustomResourceDefinition "crontabs.stable.example.com" is "True" with reason "NoConflicts" within 2 seconds
    And condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" with reason "InitialNamesAccepted" within 2 seconds
    And CustomResourceDefinition "crontabs.stable.example.com" has ".status.acceptedNames.listKind" equal to "CronTabList"
    And CustomResourceDefinition "crontabs.stable.example.com" has ".status.acceptedNames.shortNames[0]" equal to "ct"
    And CustomResourceDefinition "crontabs.stable.example.com" has ".status.storedVersions[0]" equal to "v1"

  Scenario: Its names are taken for others of the group
    Given condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds
    When the manifest is applied:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: timetables.stable.example.com
      spec:
        group: stable.example.com
        scope: Namespaced
        names: {plural: timetables, singular: timetable, kind: TimeTable, shortNames: [ct]}
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object}}
      """
    Then condition "NamesAccepted" of CustomResourceDefinition "timetables.stable.example.com" is "False" with reason "ShortNamesConflict" within 2 seconds
    And condition "Established" of CustomResourceDefinition "timetables.stable.example.com" is "False" with reason "NotAccepted" within 2 seconds

  Scenario: It goes, and its objects go with it
    Given condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds
    And the manifest "crontab.yaml"
    When CustomResourceDefinition "crontabs.stable.example.com" is deleted
    Then CronTab "my-new-cron-object" does not exist
    And CustomResourceDefinition "crontabs.stable.example.com" does not exist

  Scenario: A schema that is not structural
    When the manifest is applied:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: boxes.stable.example.com
      spec:
        group: stable.example.com
        scope: Namespaced
        names: {plural: boxes, singular: box, kind: Box}
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, properties: {lid: {}, things: {type: array}}}}
      """
    Then it is refused with "properties[lid].type: Required value: must not be empty for specified object fields"
