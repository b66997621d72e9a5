@A3
Feature: A Job's pods run to completion, and each of them counts once

  Scenario: Three completions, two at a time
    Given the manifest "job.yaml" with the values:
      | COMPLETIONS | 3          |
      | PARALLELISM | 2          |
      | MODE        | NonIndexed |
      | SCRIPT      | sleep 5    |
    Then job "work" has 2 pods showing "Running"
    And condition "Complete" of job "work" is "True" with reason "CompletionsReached"
    And job "work" has 3 pods showing "Completed"
    And job "work" has ".status.succeeded" equal to "3"
    And job "work" never had more than 2 pods
    And job "work" has an event "Completed" saying "Job completed"
    And kubectl get jobs shows:
      | NAME | STATUS   | COMPLETIONS |
      | work | Complete | 3/3         |

  Scenario: Each index is done once
    Given the manifest "job.yaml" with the values:
      | COMPLETIONS | 4                                     |
      | PARALLELISM | 2                                     |
      | MODE        | Indexed                               |
      | SCRIPT      | echo $JOB_COMPLETION_INDEX; sleep 1   |
    Then condition "Complete" of job "work" is "True"
    And job "work" has ".status.completedIndexes" equal to "0-3"
    And job "work" has 4 pods showing "Completed"

  Scenario: Pods that fail are tried again, each time later, until there were too many
    Given the manifest "job.yaml" with the values:
      | COMPLETIONS | 1      |
      | PARALLELISM | 1      |
      | MODE        | Indexed |
      | SCRIPT      | exit 1 |
    Then job "work" has 2 pods showing "Error" within 30 seconds
    And job "work" has 3 pods showing "Error" within 1 minute
    And condition "Failed" of job "work" is "True" with reason "BackoffLimitExceeded" within 1 minute
    And job "work" has ".status.failed" equal to "3"
    And job "work" has an event "BackoffLimitExceeded"

  Scenario: A policy knows which failures are the end
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: picky
      spec:
        backoffLimit: 6
        podFailurePolicy:
          rules:
            - action: FailJob
              onExitCodes:
                operator: In
                values: [42]
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: busybox:1.28
                command: [sh, -c, "exit 42"]
      """
    Then condition "Failed" of job "picky" is "True" with reason "PodFailurePolicy"
    And job "picky" has 1 pod showing "Error"
    And job "picky" has an event "PodFailurePolicy" saying "failed with exit code 42 matching FailJob rule at index 0"

  Scenario: A policy knows which failures count for nothing
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: patient
      spec:
        backoffLimit: 0
        podFailurePolicy:
          rules:
            - action: Ignore
              onPodConditions:
                - type: DisruptionTarget
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "60"]
      """
    Then job "patient" has 1 pod showing "Running"
    When node "node1" is drained
    Then job "patient" has 1 pod showing "Pending" within 2 minutes
    When node "node1" is uncordoned
    Then condition "Complete" of job "patient" is "True" within 5 minutes
    And job "patient" has no ".status.failed"

  Scenario: A deadline ends it whatever it has done
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: late
      spec:
        activeDeadlineSeconds: 10
        template:
          spec:
            restartPolicy: Never
            terminationGracePeriodSeconds: 1
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "600"]
      """
    Then job "late" has 1 pod showing "Running"
    And condition "Failed" of job "late" is "True" with reason "DeadlineExceeded" within 20 seconds
    And job "late" has 0 pods within 10 seconds

  Scenario: While it is suspended it has no pods
    Given the manifest "suspended-job.yaml" with the values:
      | SUSPENDED | true |
    When 1 minute passes
    Then condition "Suspended" of job "work" is "True" with reason "JobSuspended"
    And job "work" has 0 pods
    When the manifest "suspended-job.yaml" is applied with the values:
      | SUSPENDED | false |
    Then job "work" has 1 pod showing "Running"
    And condition "Suspended" of job "work" is "False" with reason "JobResumed"
    When the manifest "suspended-job.yaml" is applied with the values:
      | SUSPENDED | true |
    Then job "work" has 0 pods within 10 seconds
    When the manifest "suspended-job.yaml" is applied with the values:
      | SUSPENDED | false |
    Then condition "Complete" of job "work" is "True" within 1 minute

  Scenario: A pod that is deleted is replaced, and counts as a failure
    Given the manifest "job.yaml" with the values:
      | COMPLETIONS | 1          |
      | PARALLELISM | 1          |
      | MODE        | NonIndexed |
      | SCRIPT      | sleep 20   |
    Then job "work" has 1 pod showing "Running"
    When one pod of job "work" is deleted
    Then condition "Complete" of job "work" is "True" within 1 minute
    And job "work" has ".status.failed" equal to "1"
    And job "work" has ".status.succeeded" equal to "1"

  Scenario: Each index may fail so often, and one that fails for good does not stop the others
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: tries
      spec:
        completionMode: Indexed
        completions: 3
        parallelism: 3
        backoffLimitPerIndex: 1
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: busybox:1.28
                command: [sh, -c, "test $JOB_COMPLETION_INDEX != 1"]
      """
    Then job "tries" has ".status.completedIndexes" equal to "0,2" within 1 minute
    And job "tries" has 2 pods showing "Error" within 1 minute
    And job "tries" has ".status.failedIndexes" equal to "1" within 1 minute
    And condition "Failed" of job "tries" is "True" with reason "FailedIndexes" within 1 minute
    And job "tries" has ".status.succeeded" equal to "2"
    And job "tries" has ".status.failed" equal to "2"
