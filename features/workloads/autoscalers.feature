@A3
Feature: An autoscaler holds its limits, and says when it has no measurements
  Every 15 seconds it looks at its target. In a cluster without a metrics server it can do no more than that.

  Background:
    Given the manifest "deployment.yaml"
    Then the rollout of deployment "web" is complete

  Scenario Outline: A size outside the limits is brought inside
    Given the manifest:
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: web
      spec:
        minReplicas: <least>
        maxReplicas: <most>
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
      """
    Then deployment "web" has <pods> pods showing "Running" within 30 seconds
    And horizontalpodautoscaler "web" has an event "SuccessfulRescale" saying "New size: <pods>; reason: <reason>"

    Examples:
      | least | most | pods | reason                                         |
      | 6     | 8    | 6    | Current number of replicas below Spec.MinReplicas |
      | 1     | 2    | 2    | Current number of replicas above Spec.MaxReplicas |

  Scenario: Within its limits it has nothing to go by
    Given the manifest:
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: web
      spec:
        minReplicas: 1
        maxReplicas: 8
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        metrics:
          - type: Resource
            resource:
              name: cpu
              target: {type: Utilization, averageUtilization: 50}
      """
    Then condition "ScalingActive" of horizontalpodautoscaler "web" is "False" with reason "FailedGetResourceMetric" within 30 seconds
    And condition "AbleToScale" of horizontalpodautoscaler "web" is "True" with reason "SucceededGetScale"
    When 5 minutes pass
    Then deployment "web" has 4 pods showing "Running"

  Scenario: Its target may be missing
    Given the manifest:
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: web
      spec:
        maxReplicas: 8
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nobody}
      """
    Then condition "AbleToScale" of horizontalpodautoscaler "web" is "False" with reason "FailedGetScale" within 30 seconds
