@A3
Feature: A Deployment replaces its pods while it goes on serving
  A rolling update of 4 pods may have 5 of them and must have 3 that are ready (25 % each way).

  Background:
    Given the manifest "deployment.yaml"
    Then deployment "web" has 4 pods showing "Running"
    And the rollout of deployment "web" is complete

  Scenario: Another image, one pod after another
    When the image of container "nginx" in deployment "web" is changed to "nginx:1.28"
    Then the rollout of deployment "web" is complete within 2 minutes
    And deployment "web" never had more than 5 pods
    And deployment "web" never had fewer than 3 ready pods
    And deployment "web" has ".spec.template.spec.containers[0].image" equal to "nginx:1.28"
    And condition "Progressing" of deployment "web" is "True" with reason "NewReplicaSetAvailable"
    And deployment "web" has 4 pods within 10 seconds
    And kubectl get deployments shows:
      | NAME | READY | UP-TO-DATE | AVAILABLE |
      | web  | 4/4   | 4          | 4         |

  Scenario: A bad image stalls the rollout and harms nobody
    When the image of container "nginx" in deployment "web" is changed to "nginx:no-such-tag"
    Then deployment "web" has 2 pods showing "ImagePullBackOff" within 1 minute
    And condition "Progressing" of deployment "web" is "False" with reason "ProgressDeadlineExceeded" within 2 minutes
    And condition "Available" of deployment "web" is "True"
    And deployment "web" has 3 pods showing "Running"
    And deployment "web" never had fewer than 3 ready pods

  Scenario: What stalled is undone
    When the image of container "nginx" in deployment "web" is changed to "nginx:no-such-tag"
    Then deployment "web" has 2 pods showing "ImagePullBackOff" within 1 minute
    When the rollout of deployment "web" is undone
    Then the rollout of deployment "web" is complete within 1 minute
    And deployment "web" has ".metadata.annotations['deployment.kubernetes.io/revision']" equal to "3"
    And deployment "web" has ".spec.template.spec.containers[0].image" equal to "nginx:1.29"
    And deployment "web" never had fewer than 3 ready pods
    And deployment "web" has 4 pods showing "Running"

  Scenario: A pause keeps a change back until the rollout is resumed
    When the rollout of deployment "web" is paused
    And the image of container "nginx" in deployment "web" is changed to "nginx:1.28"
    And 2 minutes pass
    Then condition "Progressing" of deployment "web" is "Unknown" with reason "DeploymentPaused"
    And deployment "web" has no ".status.updatedReplicas"
    When the rollout of deployment "web" is resumed
    Then the rollout of deployment "web" is complete within 2 minutes
    And deployment "web" has ".status.updatedReplicas" equal to "4"

  Scenario: A restart is a rollout like any other
    When the rollout of deployment "web" is restarted
    Then the rollout of deployment "web" is complete within 2 minutes
    And deployment "web" has ".metadata.annotations['deployment.kubernetes.io/revision']" equal to "2"
    And deployment "web" never had fewer than 3 ready pods

  Scenario: A rollout that is stuck is scaled in proportion
    When the image of container "nginx" in deployment "web" is changed to "nginx:no-such-tag"
    Then deployment "web" has 2 pods showing "ImagePullBackOff" within 1 minute
    When deployment "web" is scaled to 8
    Then deployment "web" has 6 pods showing "Running"
    And deployment "web" has an event "ScalingReplicaSet" saying "from 3 to 6"
    And deployment "web" has an event "ScalingReplicaSet" saying "from 2 to 4"
    And deployment "web" has 10 pods
    And deployment "web" never had more than 10 pods
