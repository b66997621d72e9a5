@C1 @needs:packet-paths @needs:fresh-nodes
Feature: Every pod has an address of its own, and every pod reaches every pod under it
  Each node has a range, each pod an address from its node's; between pods nobody translates addresses.

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
    And the cluster's network is "flannel vxlan"
    And the manifest "server.yaml" with the values:
      | NAME | container-1 |
      | NODE | node1       |
    And the manifest "server.yaml" with the values:
      | NAME | first |
      | NODE | node2 |
    And the manifest "host-server.yaml" with the values:
      | NAME | on-node1 |
      | NODE | node1   |
    And the manifest "host-server.yaml" with the values:
      | NAME | on-node2 |
      | NODE | node2   |
    Then pod "container-1" answers on port 80
    And pod "first" answers on port 80
    And pod "on-node1" answers on port 80
    And pod "on-node2" answers on port 80
    Given the manifest "server.yaml" with the values:
      | NAME | container-2 |
      | NODE | node2       |
    Then pod "container-2" answers on port 80

  Scenario: Addresses come from the range of the pod's node, in turn
    Then pod "container-1" has ".status.podIP" equal to "100.96.1.2"
    And pod "first" has ".status.podIP" equal to "100.96.2.2"
    And pod "container-2" has ".status.podIP" equal to "100.96.2.3"
    And node "node1" has ".spec.podCIDR" equal to "100.96.1.0/24"

  Scenario Outline: Every pod reaches every pod and its node, in every kind of network
    Given the cluster's network is "<kind>"
    Then pod "container-1" can reach pod "container-2" on port 80
    And pod "container-2" can reach pod "container-1" on port 80
    And pod "first" can reach pod "container-2" on port 80
    And node "node1" can reach pod "container-1" on port 80
    And node "node1" can reach pod "container-2" on port 80
    And pod "container-1" can reach node "node1" on port 80
    And pod "container-1" can reach node "node2" on port 80

    Examples:
      | kind                       |
      | flannel udp                |
      | flannel vxlan              |
      | flannel host-gw            |
      | calico                     |
      | calico ipip always         |
      | cilium                     |
      | cilium without host routing |

  Scenario: Who leaves the pod network goes under its node's address
    Then the path from pod "container-1" to node "node2" on port 80 is:
      | hop         | interface | what happened | source     | destination |
      | container-1 | eth0      | sent          | 100.96.1.2 | 10.168.0.3  |
      | node1       | veth*     | received      | 100.96.1.2 | 10.168.0.3  |
      | node1       | cni0      | received      | 100.96.1.2 | 10.168.0.3  |
      | node1       | cni0      | translated    | 10.168.0.2 | 10.168.0.3  |
      | node1       | eth0      | forwarded     | 10.168.0.2 | 10.168.0.3  |
      | node2       | eth0      | delivered     | 10.168.0.2 | 10.168.0.3  |

  Scenario: Nobody listens, nobody is there, nobody answers: three errors
    Then pod "container-1" cannot reach pod "container-2" on port 81: "Connection refused"
    And pod "container-1" cannot reach the address "100.96.2.77" on port 80: "No route to host"
    And pod "container-1" cannot reach the address "203.0.113.7" on port 80: "Connection timed out"
    And the packet from pod "container-1" to the address "100.96.2.77" is dropped at "node2 cni0" by "nobody answers for 100.96.2.77 (ARP)"
