@D2
Feature: Custom objects live like any other
  They are checked and completed by the schema of their definition.

  Background:
    Given the manifest "crontab-definition.yaml"
    And condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds

  Scenario: One is created and completed
    Given the manifest "crontab.yaml"
    Then CronTab "my-new-cron-object" has ".spec.replicas" equal to "1"
    And CronTab "my-new-cron-object" has ".metadata.generation" equal to "1"

  Scenario: What kubectl get prints of it
    Given the manifest "crontab.yaml"
    Then kubectl get CronTab shows:
      | NAME               | SPEC        | REPLICAS |
      | my-new-cron-object | * * * * */5 | 1        |
    And kubectl get CronTab -o wide shows:
      | NAME               | IMAGE                 |
      | my-new-cron-object | my-awesome-cron-image |

  Scenario: One is deleted
    Given the manifest "crontab.yaml"
    When CronTab "my-new-cron-object" is deleted
    Then CronTab "my-new-cron-object" does not exist

  Scenario Outline: One that does not fit the schema
    When the manifest is applied:
      """
      apiVersion: stable.example.com/v1
      kind: CronTab
      metadata:
        name: wrong
      spec: <spec>
      """
    Then it is refused with "<message>"

    Examples:
      | spec                                | message                                                              |
      | {image: img}                        | spec.cronSpec: Required value                                        |
      | {cronSpec: 5}                       | spec.cronSpec in body must be of type string:                        |
      | {cronSpec: whenever}                | spec.cronSpec in body should match                                   |
      | {cronSpec: "* * * * *", replicas: 0} | spec.replicas in body should be greater than or equal to 1           |
      | {cronSpec: "* * * * *", color: red} | strict decoding error: unknown field                                         |
