@C5 @needs:network-clients @needs:fresh-nodes
Feature: A Service is one address for many pods
  kube-proxy writes rules on every node that lead the Service's address to one of the pods behind it.

  Background:
    Given the nodes:
      | name  |
      | node1 |
      | node2 |
    And the manifest "web-and-client.yaml"
    And the manifest:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {selector: {app: web}, clusterIP: 10.96.7.7, ports: [{name: http, port: 80, targetPort: http}]}
      """
    And the rollout of deployment "web" is complete
    And pod "client" shows "Running"

  Scenario: Requests spread over the pods
    Then a request from pod "client" to "http://web/hostname" gets HTTP 200 with "web-"
    And requests to service "web" from pod "client" spread over its 3 pods
    And requests to service "web" from node "node2" spread over its 3 pods

  Scenario: Nobody is behind a Service without pods: who asks is refused
    When deployment "web" is scaled to 0
    Then deployment "web" has 0 pods within 1 minute
    And service "web" has no endpoints
    And a request from pod "client" to "http://web" fails with "Connection refused"
    And kube-proxy on node "node1" has the rules:
      | TABLE  | CHAIN         | RULE                                                                          |
      | filter | KUBE-SERVICES | "default/web:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with |

  Scenario: A port that no container serves is refused by the pod
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: wrong}
      spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8081}]}
      """
    Then a request from pod "client" to "http://wrong" fails with "Connection refused"

  Scenario: A port that the Service does not have leads nowhere
    Then a request from pod "client" to "http://web:81" fails with "Connection timed out"

  Scenario: A Service without a selector leads where its Endpoints say
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: other}
      spec: {ports: [{port: 80}]}
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: {name: other}
      subsets: [{addresses: [{ip: 10.244.9.9}], ports: [{port: 80}]}]
      """
    Then kube-proxy on node "node1" has the rules:
      | TABLE | CHAIN     | RULE                                                                |
      | nat   | KUBE-SEP… | --comment default/other -m tcp -j DNAT --to-destination 10.244.9.9:80 |

  Scenario: What kube-proxy writes
    Then kube-proxy on node "node2" has the rules:
      | TABLE | CHAIN                     | RULE                                                                            |
      | nat   | PREROUTING                | "kubernetes service portals" -j KUBE-SERVICES                                   |
      | nat   | KUBE-SERVICES             | -d 10.96.7.7/32 -p tcp -m comment --comment "default/web:http cluster IP"       |
      | nat   | KUBE-SERVICES             | -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS                                  |
      | nat   | KUBE-SVC-CDGGSHYLG3RE2FKL | ! -s 10.244.0.0/16 -d 10.96.7.7/32                                              |
      | nat   | KUBE-SVC-CDGGSHYLG3RE2FKL | :8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-      |
      | nat   | KUBE-SVC-CDGGSHYLG3RE2FKL | :8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-      |
      | nat   | KUBE-SVC-CDGGSHYLG3RE2FKL | :8080" -j KUBE-SEP-                                                             |
      | nat   | KUBE-SEP-…                | -j KUBE-MARK-MASQ                                                               |
      | nat   | KUBE-SEP-…                | -j DNAT --to-destination 10.244.                                                |

  Scenario: Pods that start later are told of a Service by their environment
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: later}
      spec:
        restartPolicy: Never
        containers: [{name: main, image: "busybox:1.36", command: [sh, -c, "echo $WEB_SERVICE_HOST:$WEB_SERVICE_PORT"]}]
      """
    Then the log of pod "later" contains "10.96.7.7:80"
