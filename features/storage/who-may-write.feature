@B1 @needs:storage-drivers
Feature: Who may write into a claim's volume

  Background:
    Given the storage driver "disk.csi.example.com"
    And the manifest "driver-class.yaml" with the values:
      | MODE   | Immediate |
      | POLICY | Delete    |
    And the manifest "claim.yaml" with the values:
      | NAME  | data |
      | CLASS | fast |
      | SIZE  | 1Gi  |

  Scenario Outline: A user other than root, with the pod's fsGroup and without
    Given the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: user}
      spec:
        restartPolicy: Never
        securityContext: <context>
        containers:
          - name: app
            image: busybox:1.28
            command: [sh, -c, "echo hello > /data/note && cat /data/note"]
            volumeMounts: [{name: data, mountPath: /data}]
        volumes: [{name: data, persistentVolumeClaim: {claimName: data, readOnly: <read>}}]
      """
    Then pod "user" shows "<status>"
    And the log of pod "user" contains "<text>"

    Examples:
      | context                          | read  | status    | text                  |
      | {runAsUser: 1000, fsGroup: 2000} | false | Completed | hello                 |
      | {runAsUser: 1000}                | false | Error     | Permission denied     |
      | {}                               | false | Completed | hello                 |
      | {}                               | true  | Error     | Read-only file system |
      | {runAsUser: 1000, fsGroup: 2000} | true  | Error     | Read-only file system |
