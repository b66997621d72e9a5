@A1
Feature: What is on the node outlives the pod, and a mount may show a part of a volume

  Scenario: Two pods, one after the other, on one directory of their node
    Given the manifest "on-the-host.yaml"
    Then pod "writer" shows "Completed"
    When the pod "writer" is deleted
    Then pod "writer" does not exist
    When the manifest "on-the-host.yaml"
    Then the log of container "app" of pod "writer" contains "writer"

  @needs:fresh-nodes
  Scenario: A directory that has to be there
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: p
      spec:
        containers:
          - name: app
            image: busybox:1.28
            volumeMounts:
              - name: data
                mountPath: /data
        volumes:
          - name: data
            hostPath:
              path: /var/shop
              type: Directory
      """
    Then pod "p" shows "ContainerCreating"
    And pod "p" has an event "FailedMount" saying "hostPath type check failed: /var/shop is not a directory"
    And pod "p" stays "ContainerCreating" for 1 minute

  Scenario: Each pod gets a directory of its own name
    Given the manifest "sub-path-of-the-name.yaml"
    Then the log of container "app" of pod "p" is:
      """
      p
      mine
      """
