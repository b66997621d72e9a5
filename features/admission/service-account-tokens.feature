@A14
Feature: A pod finds the token of its account in its containers
  Who says so, the pod or its account, gets the volume kube-api-access-…: a token, the certificate of the cluster's
  authority, and the name of the namespace. Neither asks for it in the clusters of the recordings: the default account
  of a namespace mounts none.

  Scenario: The account mounts it
    Given the manifest:
      """yaml
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: builder}
      """
    And the manifest:
      """yaml
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        serviceAccountName: builder
        restartPolicy: Never
        containers:
        - name: c
          image: busybox:1.36
          command: [sh, -c, "cd /var/run/secrets/kubernetes.io/serviceaccount; ls; head -1 ca.crt"]
      """
    Then pod "p" shows "Completed"
    And the log of pod "p" contains "token"
    And the log of pod "p" contains "namespace"
    And the log of pod "p" contains "-----BEGIN CERTIFICATE-----"

  Scenario Outline: A pod's own word counts before its account's: <mounts>
    Given the manifest:
      """yaml
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: builder}
      automountServiceAccountToken: <of the account>
      """
    And the manifest:
      """yaml
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        serviceAccountName: builder
        automountServiceAccountToken: <mounts>
        containers:
        - {name: c, image: "nginx:1.27"}
      """
    Then pod "p" shows "Running"
    And pod "p" <mounted>

    Examples:
      | of the account | mounts | mounted                                                                                               |
      | true           | false  | has no ".spec.volumes"                                                                                |
      | false          | true   | has ".spec.containers[0].volumeMounts[0].mountPath" equal to "/var/run/secrets/kubernetes.io/serviceaccount" |

  Scenario: The default account of a namespace mounts none
    Given the manifest:
      """yaml
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers:
        - {name: c, image: "nginx:1.27"}
      """
    Then pod "p" shows "Running"
    And serviceaccount "default" has ".automountServiceAccountToken" equal to "false"
    And pod "p" has no ".spec.volumes"
