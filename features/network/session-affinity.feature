@C5 @needs:network-clients @needs:fresh-nodes
Feature: A client that keeps its pod
  With sessionAffinity ClientIP all requests of a client reach one pod, until it was away for too long.

  Scenario: Each client has its pod
    Given the manifest "web-and-client.yaml"
    And the manifest:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        selector: {app: web}
        clusterIP: 10.96.7.8
        ports: [{port: 80, targetPort: http}]
        sessionAffinity: ClientIP
        sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
      """
    And the rollout of deployment "web" is complete
    And pod "client" shows "Running"
    Then requests from pod "client" to "http://web" always reach the same pod
    And requests from node "node1" to "http://10.96.7.8" always reach the same pod
    And kube-proxy on node "node1" has the rules:
      | TABLE | CHAIN      | RULE                                        |
      | nat   | KUBE-SVC-… | -m recent --rcheck --seconds 60 --reap      |
      | nat   | KUBE-SEP-… | -m recent --set --name KUBE-SEP-            |

  Scenario: internalTrafficPolicy Local asks only pods of the client's own node
    Given the nodes:
      | name  |
      | node1 |
      | node2 |
    And node "node2" is cordoned
    And the manifest "web-and-client.yaml"
    And the manifest:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {selector: {app: web}, clusterIP: 10.96.7.7, internalTrafficPolicy: Local, ports: [{port: 80, targetPort: http}]}
      """
    And the rollout of deployment "web" is complete
    And pod "client" shows "Running"
    Then requests to service "web" from node "node1" spread over its 3 pods
    And a request from node "node2" to "http://10.96.7.7" fails with "Connection timed out"
