@D5
Feature: Of two writers who have read the same, the second is refused
  An object is put back in the version that was read. Who was refused reads again, and nothing is lost.

  Scenario Outline: Both have read it, both write
    Given the manifest:
      """
      <manifest>
      """
    And writer "a" reads <kind> "shared"
    And writer "b" reads <kind> "shared"
    When writer "a" sets "<path>" to "2"
    Then <kind> "shared" has "<path>" equal to "2"
    When writer "b" sets "<path>" to "3"
    Then it is refused with "the object has been modified; please apply your changes to the latest version and try again"
    And <kind> "shared" has "<path>" equal to "2"
    When writer "b" reads <kind> "shared"
    And writer "b" sets "<path>" to "3"
    Then <kind> "shared" has "<path>" equal to "3"

    Examples:
      | kind       | path           | manifest                                                                                                                                                                                                                                          |
      | ConfigMap  | .data.count    | {apiVersion: v1, kind: ConfigMap, metadata: {name: shared}, data: {count: "1"}}                                                                                                                                                                    |
      | ReplicaSet | .spec.replicas | {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: shared}, spec: {replicas: 1, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, 1d]}]}}}} |

  Scenario: A custom object
    Given the manifest "crontab-definition.yaml"
    And condition "Established" of CustomResourceDefinition "crontabs.stable.example.com" is "True" within 2 seconds
    And the manifest "nightly-crontab.yaml"
    And writer "a" reads CronTab "nightly"
    And writer "b" reads CronTab "nightly"
    When writer "a" sets ".spec.replicas" to "5"
    And writer "b" sets ".spec.replicas" to "6"
    Then it is refused with "Operation cannot be fulfilled on crontabs.stable.example.com \"nightly\": the object has been modified"
    And CronTab "nightly" has ".spec.replicas" equal to "5"
