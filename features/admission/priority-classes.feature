@A14
Feature: A pod's priority is its priority class's
  The class is named by the pod, or it is the one that is the default of the whole cluster.

  Background:
    Given the manifest "priority-classes.yaml"

  Scenario: The default class
    Given the manifest "plain-pod.yaml" with the values:
      | NAME | ordinary |
    Then pod "ordinary" has ".spec.priority" equal to "10"
    And pod "ordinary" has ".spec.priorityClassName" equal to "ordinary"

  Scenario: A class that is named
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: patient
      spec:
        priorityClassName: patient
        containers:
          - name: app
            image: busybox:1.28
            command: ["sleep", "3600"]
      """
    Then pod "patient" has ".spec.priority" equal to "1000"
    And pod "patient" has ".spec.preemptionPolicy" equal to "Never"

  Scenario: A class that is not there
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: lost
      spec:
        priorityClassName: missing
        containers:
          - name: app
            image: busybox:1.28
      """
    Then it is refused with "no PriorityClass with name missing was found"
