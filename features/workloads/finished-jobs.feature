@A3
Feature: A finished Job goes when its time to live is over, and its pods with it

  Scenario: Twenty seconds after its end
    Given the manifest:
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: brief
      spec:
        ttlSecondsAfterFinished: 20
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: busybox:1.28
                command: [sleep, "3"]
      """
    Then condition "Complete" of job "brief" is "True"
    When 15 seconds pass
    Then condition "Complete" of job "brief" is "True"
    When 10 seconds pass
    Then job "brief" does not exist
    And job "brief" has 0 pods
