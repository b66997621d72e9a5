@C3 @C7 @needs:packet-paths @needs:fresh-nodes
Feature: A policy drops packets at the node of the pod it protects
  Nobody is told: who was kept out waits until its time is over. The answer to a connection is never asked about.

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
    And the manifest "server.yaml" with the values:
      | NAME | asks  |
      | NODE | node1 |
    And the manifest "server.yaml" with the values:
      | NAME | web   |
      | NODE | node2 |
    Then pod "asks" answers on port 80
    And pod "web" answers on port 80

  Scenario: Who may not come in is dropped on the way into the pod
    Given the manifest:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: closed}
      spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
      """
    And 1 second passes
    Then pod "asks" cannot reach pod "web" on port 80: "Connection timed out"
    And the packet from pod "asks" to pod "web" is dropped at "node2 flannel.1" by "NetworkPolicy default/closed isolates the pod it goes to"
    And pod "web" can reach pod "asks" on port 80
    And node "node2" can reach pod "web" on port 80

  Scenario: Who may not go out is dropped on its own node
    Given the manifest:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: silent}
      spec: {podSelector: {matchLabels: {app: asks}}, policyTypes: [Egress]}
      """
    And 1 second passes
    Then pod "asks" cannot reach pod "web" on port 80: "Connection timed out"
    And the packet from pod "asks" to pod "web" is dropped at "node1 cni0" by "NetworkPolicy default/silent isolates the pod it comes from"
    And pod "web" can reach pod "asks" on port 80

  Scenario Outline: In every kind of network
    Given the cluster's network is "<kind>"
    And the manifest:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: closed}
      spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
      """
    And 1 second passes
    Then the packet from pod "asks" to pod "web" is dropped at "<place>" by "NetworkPolicy default/closed"

    Examples:
      | kind               | place              |
      | flannel udp        | node2 flannel0     |
      | flannel host-gw    | node2 eth0         |
      | calico             | node2 eth0         |
      | calico ipip always | node2 tunl0        |
      | cilium             | node2 cilium_vxlan |
      | cilium native      | node2 eth0         |
