@A3
Feature: What a workload may not say
  Its selector has to match the pods it makes, and does not change.

  Scenario Outline: A selector that does not match the template
    When the manifest is applied:
      """
      apiVersion: apps/v1
      kind: <kind>
      metadata:
        name: crooked
      spec:
        selector:
          matchLabels: {app: one}
        template:
          metadata:
            labels: {app: other}
          spec:
            containers:
              - name: main
                image: busybox:1.28
      """
    Then it is refused with "`selector` does not match template `labels`"

    Examples:
      | kind        |
      | Deployment  |
      | ReplicaSet  |
      | StatefulSet |
      | DaemonSet   |

  Scenario: A change that no pod could be made of
    Given the manifest "deployment.yaml"
    Then the rollout of deployment "web" is complete
    When the image of container "nginx" in deployment "web" is changed to ""
    Then the change is refused with "spec.template.spec.containers[0].image: Required value"
    And deployment "web" has 4 pods showing "Running"
