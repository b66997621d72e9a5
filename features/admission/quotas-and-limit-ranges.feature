@A14
Feature: A namespace's quota and limit range decide what comes in
  What a container leaves open, the LimitRange fills in; what is too much, the LimitRange or the ResourceQuota refuses.

  Background:
    Given the manifest "quota-and-limits.yaml"
    Then resourcequota "small" has ".status.used.pods" equal to "0"
    Given the manifest "plain-pod.yaml" with the values:
      | NAME | first |

  Scenario: What is left open is filled in
    Then pod "first" has ".spec.containers[0].resources.requests.cpu" equal to "100m"
    And pod "first" has ".spec.containers[0].resources.limits.memory" equal to "64Mi"
    And pod "first" has ".status.qosClass" equal to "Burstable"
    And resourcequota "small" has ".status.used.pods" equal to "1"

  Scenario: One pod more than the quota allows
    Given the manifest "plain-pod.yaml" with the values:
      | NAME | second |
    Then it is refused with "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"

  Scenario: The quota has room again once the first pod is gone
    When pod "first" is deleted
    Then resourcequota "small" has ".status.used.pods" equal to "0" within 10 seconds
    And resourcequota "small" has ".status.used['requests.cpu']" equal to "0"
    Given the manifest "plain-pod.yaml" with the values:
      | NAME | second |
    Then pod "second" shows "Running"

  Scenario: A container that asks for more than the limit range allows
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: greedy
      spec:
        containers:
          - name: app
            image: busybox:1.28
            resources:
              limits:
                cpu: "2"
      """
    Then it is refused with "maximum cpu usage per Container is 1, but limit is 2"
