@A3
Feature: A CronJob makes a Job at each moment of its schedule
  The clock of a scenario begins ten seconds after midnight, in UTC.

  @needs:known-time
  Scenario: One Job a minute, and no more of them kept than asked for
    Given the manifest "every-minute.yaml" with the values:
      | POLICY  | Allow |
      | SECONDS | 5     |
    Then cronjob "clock" has an event "SuccessfulCreate" within 1 minute
    And cronjob "clock" has 1 pod showing "Running"
    And cronjob "clock" has an event "SawCompletedJob" saying "condition: Complete"
    And cronjob "clock" has ".status.lastSuccessfulTime" equal to "2026-01-01T00:01:08Z" within 10 seconds
    When 5 minutes pass
    Then cronjob "clock" has 2 pods showing "Completed"
    And cronjob "clock" has an event "SuccessfulDelete" saying "Deleted job clock-"
    And cronjob "clock" has ".status.lastScheduleTime" equal to "2026-01-01T00:06:00Z"

  Scenario Outline: What becomes of a moment while the last Job still runs
    Given the manifest "every-minute.yaml" with the values:
      | POLICY  | <policy> |
      | SECONDS | 600      |
    When 3 minutes pass
    Then cronjob "clock" has <pods> pods showing "Running"
    And cronjob "clock" has an event "<reason>"

    Examples:
      | policy  | pods | reason           |
      | Allow   | 3    | SuccessfulCreate |
      | Forbid  | 1    | JobAlreadyActive |
      | Replace | 1    | SuccessfulDelete |

  @needs:known-time
  Scenario: A suspended CronJob makes nothing, and what it missed too long ago is not made up for
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: hourly
      spec:
        schedule: "@hourly"
        suspend: true
        startingDeadlineSeconds: 60
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                  - name: main
                    image: busybox:1.28
                    command: ["true"]
      """
    When 90 minutes pass
    Then cronjob "hourly" has 0 pods
    When the manifest is applied:
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: hourly
      spec:
        schedule: "@hourly"
        suspend: false
        startingDeadlineSeconds: 60
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                  - name: main
                    image: busybox:1.28
                    command: ["true"]
      """
    And 1 minute passes
    Then cronjob "hourly" has 0 pods
    When 30 minutes pass
    Then cronjob "hourly" has 1 pod showing "Completed"
    And cronjob "hourly" has ".status.lastScheduleTime" equal to "2026-01-01T02:00:00Z"

  @needs:known-time
  Scenario: A time zone of its own
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: morning
      spec:
        schedule: "30 9 * * *"
        timeZone: Asia/Shanghai
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                  - name: main
                    image: busybox:1.28
                    command: ["true"]
      """
    When 89 minutes pass
    Then cronjob "morning" has 0 pods
    And cronjob "morning" has 1 pod showing "Completed" within 2 minutes
    And cronjob "morning" has ".status.lastScheduleTime" equal to "2026-01-01T01:30:00Z"
