@A10 @E3
Feature: A crashing container is restarted at doubling intervals of ten seconds up to five minutes
  The interval counts from the container's end. What is added to it is the kubelet's own: it looks again up to half an
  interval late. A container that has run for more than ten minutes has earned a fresh start.

  Scenario: The intervals double until they reach five minutes, and stay there
    Given the manifest "foo.yaml"
    When 2 hours pass
    Then container "busybox" of pod "foo" was restarted after:
      | restart | at least | at most |
      | 1       | 0 s      | 2 s     |
      | 2       | 10 s     | 17 s    |
      | 3       | 20 s     | 32 s    |
      | 4       | 40 s     | 62 s    |
      | 5       | 80 s     | 122 s   |
      | 6       | 160 s    | 242 s   |
      | 7       | 300 s    | 452 s   |
      | 8       | 300 s    | 452 s   |
      | 12      | 300 s    | 452 s   |

  Scenario: After more than ten minutes of running the intervals begin anew
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: late-bloomer
      spec:
        containers:
          - name: main
            image: busybox:1.28
            command: ["sh", "-c", "n=$(cat /memory/tries 2>/dev/null || echo 0); echo $((n + 1)) > /memory/tries; test $n -eq 3 && sleep 700; exit 1"]
            volumeMounts:
              - {name: memory, mountPath: /memory}
        volumes:
          - name: memory
            emptyDir: {}
      """
    When 1 hour passes
    Then container "main" of pod "late-bloomer" was restarted after:
      | restart | at least | at most |
      | 3       | 20 s     | 32 s    |
      | 4       | 0 s      | 2 s     |
      | 5       | 10 s     | 17 s    |

  Scenario: A pod in a crash loop is never left alone, and never healed
    Given the manifest "foo.yaml"
    Then pod "foo" has restarted at least 10 times within 1 hour
    And pod "foo" never shows "Completed" for 5 hours
