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

  @needs:declared-metrics
  Scenario: Pods that use too much get more beside them, until each uses what it shall
    Given the manifest "scaled.yaml"
    Then deployment "load" has 2 pods showing "Running"
    When the pods of deployment "load" use "600m" of "cpu" together
    And 6 minutes pass
    Then deployment "load" has 6 pods showing "Running"
    And horizontalpodautoscaler "load" has an event "SuccessfulRescale" saying "New size: 4; reason: cpu resource utilization (percentage of request) above target"
    And horizontalpodautoscaler "load" has an event "SuccessfulRescale" saying "New size: 6; reason: cpu resource utilization (percentage of request) above target"
    And condition "ScalingActive" of horizontalpodautoscaler "load" is "True" with reason "ValidMetricFound"
    And condition "ScalingLimited" of horizontalpodautoscaler "load" is "False" with reason "DesiredWithinRange"
    When the pods of deployment "load" use "100m" of "cpu" together
    And 4 minutes pass
    Then deployment "load" has 6 pods showing "Running"
    And condition "AbleToScale" of horizontalpodautoscaler "load" is "True" with reason "ScaleDownStabilized"
    And deployment "load" has 1 pod showing "Running" within 3 minutes

  @needs:declared-metrics
  Scenario: What is near enough to its target changes nothing
    Given the manifest "scaled.yaml"
    Then deployment "load" has 2 pods showing "Running"
    When each pod of deployment "load" uses "109m" of "cpu"
    And 6 minutes pass
    Then deployment "load" has 2 pods showing "Running"
    And horizontalpodautoscaler "load" has ".status.currentMetrics[0].resource.current.averageUtilization" equal to "54"

  @needs:declared-metrics
  Scenario Outline: Metrics of every kind
    Given the manifest "scaled.yaml"
    And the manifest:
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: load
      spec:
        maxReplicas: 10
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: load}
        metrics:
          - <metric>
      """
    And 6 minutes pass
    When <measured>
    And 1 minute passes
    Then deployment "load" has <pods> pods showing "Running"
    And horizontalpodautoscaler "load" has an event "SuccessfulRescale" saying "reason: <name> above target"

    Examples:
      | measured                                                            | pods | name                                                        | metric                                                                                                                                          |
      | container "app" of each pod of deployment "load" uses "150m" of "cpu" | 10 | cpu container resource utilization (percentage of request) | {type: ContainerResource, containerResource: {name: cpu, container: app, target: {type: Utilization, averageUtilization: 50}}}                  |
      | each pod of deployment "load" uses "30Mi" of "memory"               | 10   | memory resource                                             | {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 20Mi}}}                                                    |
      | the metric "queries" of each pod of deployment "load" is "15"       | 10   | pods metric queries                                         | {type: Pods, pods: {metric: {name: queries}, target: {type: AverageValue, averageValue: 10}}}                                                   |
      | the metric "hits" of service "load" is "50"                         | 5    | Service metric hits                                         | {type: Object, object: {metric: {name: hits}, describedObject: {apiVersion: v1, kind: Service, name: load}, target: {type: AverageValue, averageValue: 10}}} |
      | the external metric "queue" is "35"                                 | 4    | external metric queue(nil)                                  | {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: 10}}}                                             |

  @needs:declared-metrics
  Scenario Outline: A custom object with a scale subresource is scaled as well, if it says which pods are its own
    Given the manifest "scaled-fleet.yaml"
    And 5 seconds pass
    And the manifest:
      """
      apiVersion: example.com/v1
      kind: Fleet
      metadata:
        name: boats
      spec:
        replicas: 1
      status: <status>
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: boats
      spec:
        maxReplicas: 10
        scaleTargetRef: {apiVersion: example.com/v1, kind: Fleet, name: boats}
        metrics:
          - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: 10}}}
      """
    When the external metric "queue" is "35"
    And 1 minute passes
    Then Fleet "boats" has ".spec.replicas" equal to "<replicas>"
    And horizontalpodautoscaler "boats" has an event "<reason>"

    Examples:
      | status                                | replicas | reason            |
      | {replicas: 1, selector: "app=boats"}  | 4        | SuccessfulRescale |
      | {replicas: 1}                         | 1        | SelectorRequired  |
