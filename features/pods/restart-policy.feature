@A10
Feature: restartPolicy and the exit code decide what becomes of a container that has ended
  A container that succeeded is restarted under Always alone; one that failed, under Always and OnFailure.

  Scenario Outline: What a policy makes of an exit code
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: worker
      spec:
        restartPolicy: <policy>
        containers:
          - name: main
            image: busybox:1.28
            command: ["sh", "-c", "sleep 5; exit <code>"]
      """
    Then pod "worker" shows "Running"
    And pod "worker" shows "<shows>" within 10 seconds
    And container "main" of pod "worker" exited with code <code>
    When 10 minutes pass
    Then pod "worker" has restarted <times> times
    And pod "worker" has ".status.phase" equal to "<phase>"

    Examples: what everybody should know by heart
      | policy    | code | shows     | times      | phase     |
      | Always    | 0    | Completed | at least 5 | Running   |
      | Always    | 3    | Error     | at least 5 | Running   |
      | OnFailure | 0    | Completed | 0          | Succeeded |
      | OnFailure | 3    | Error     | at least 5 | Running   |
      | Never     | 0    | Completed | 0          | Succeeded |
      | Never     | 3    | Error     | 0          | Failed    |

  Scenario: Kubernetes restarts containers, never pods
    Given the manifest "foo.yaml"
    Then pod "foo" has restarted 3 times within 5 minutes
    And pod "foo" was never replaced
