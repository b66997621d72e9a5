@A12 @needs:node-failure
Feature: Several profiles of one scheduler
  A pod is decided on by the profile it names; each has its own plugins, weights and arguments.

  Background:
    Given the nodes:
      | name  | cpu |
      | empty | 4   |
      | used  | 4   |
    And the manifest "worker-on-node.yaml" with the values:
      | NAME | there |
      | CPU  | 1     |
      | NODE | used  |
    And pod "there" shows "Running"
    And the scheduler runs with the configuration:
      """
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: KubeSchedulerConfiguration
      profiles:
        - schedulerName: default-scheduler
        - schedulerName: packing
          plugins:
            score:
              disabled: [{name: "*"}]
              enabled: [{name: NodeResourcesFit, weight: 5}]
          pluginConfig:
            - name: NodeResourcesFit
              args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}}
        - schedulerName: patient
          plugins:
            postFilter: {disabled: [{name: DefaultPreemption}]}
        - schedulerName: picky
          pluginConfig:
            - name: NodeAffinity
              args:
                addedAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    nodeSelectorTerms: [{matchExpressions: [{key: gold, operator: Exists}]}]
      """

  Scenario: The usual one spreads, the other one packs
    When the manifest "of-profile.yaml" is applied with the values:
      | NAME    | usual             |
      | PROFILE | default-scheduler |
      | CPU     | 1                 |
    Then pod "usual" has ".spec.nodeName" equal to "empty"
    When pod "usual" is deleted
    And 10 seconds pass
    And the manifest "of-profile.yaml" is applied with the values:
      | NAME    | packed  |
      | PROFILE | packing |
      | CPU     | 1       |
    Then pod "packed" has ".spec.nodeName" equal to "used"
    And the scheduler decides about pod "packed":
      | node  | NodeResourcesFit | chosen |
      | empty | 125              | no     |
      | used  | 250              | yes    |
    And pod "packed" has an event "Scheduled"

  Scenario: One that does not preempt
    When the manifest "of-profile.yaml" is applied with the values:
      | NAME    | large   |
      | PROFILE | patient |
      | CPU     | 5       |
    Then pod "large" has an event "FailedScheduling" saying "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate."

  Scenario: One that adds a node affinity of its own
    When the manifest "of-profile.yaml" is applied with the values:
      | NAME    | fine  |
      | PROFILE | picky |
      | CPU     | 1     |
    Then pod "fine" has an event "FailedScheduling" saying "0/2 nodes are available: 2 node(s) didn't match scheduler-enforced node affinity."
    When node "used" is labelled "gold=yes"
    Then pod "fine" has ".spec.nodeName" equal to "used"

  Scenario: A profile that there is not
    When the manifest "of-profile.yaml" is applied with the values:
      | NAME    | lost    |
      | PROFILE | missing |
      | CPU     | 1       |
    Then pod "lost" shows "Pending"
    And pod "lost" stays "Pending" for 10 minutes
    And pod "lost" has no event "FailedScheduling"
