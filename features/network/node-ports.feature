@C5 @needs:network-clients @needs:fresh-nodes
Feature: A node port leads from outside to a Service, on every node

  Background:
    Given the nodes:
      | name  |
      | node1 |
      | node2 |
      | node3 |
    And node "node3" is cordoned
    And the manifest "web-and-client.yaml"
    And the rollout of deployment "web" is complete
    And pod "client" shows "Running"

  Scenario: Any node leads to any pod, and masquerades
    Given the manifest "service.yaml" with the values:
      | TYPE     | NodePort |
      | EXTERNAL | Cluster  |
    Then requests from outside to "http://192.168.0.11:30080" spread over the 3 pods of service "web"
    And requests from outside to "http://192.168.0.13:30080" spread over the 3 pods of service "web"
    And a request from outside to "http://192.168.0.13:30080/clientip" gets HTTP 200 with "10.244.3."
    And a request from pod "client" to "http://192.168.0.13:30080/hostname" gets HTTP 200 with "web-"
    And kube-proxy on node "node3" has the rules:
      | TABLE | CHAIN          | RULE                                                                        |
      | nat   | KUBE-NODEPORTS | --comment default/web:http -m tcp --dport 30080 -j KUBE-EXT-                |
      | nat   | KUBE-EXT-…     | "masquerade traffic for default/web:http external destinations" -j KUBE-MARK-MASQ |

  Scenario: With the policy Local a node leads to its own pods only, and keeps who asks
    Given the manifest "service.yaml" with the values:
      | TYPE     | NodePort |
      | EXTERNAL | Local    |
    Then a request from outside to "http://192.168.0.11:30080/clientip" gets HTTP 200 with "203.0.113.250:"
    And a request from outside to "http://192.168.0.13:30080" fails with "Connection timed out"
    And kube-proxy on node "node3" has the rules:
      | TABLE  | CHAIN                  | RULE                                       |
      | filter | KUBE-EXTERNAL-SERVICES | "default/web:http has no local endpoints"  |
