@C3 @needs:packet-paths @needs:fresh-nodes
Feature: Flannel's host-gw backend: the peer node is the next hop
  No tunnel and no overhead; but the kernel takes a next hop only if it is on a link of the node's own.

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
      | node3 | 10.170.3.2 | 100.96.3.0/24 |
    And the cluster's network is "flannel host-gw"
    And the manifest "server.yaml" with the values:
      | NAME | container-1 |
      | NODE | node1       |
    And the manifest "server.yaml" with the values:
      | NAME | container-2 |
      | NODE | node2       |
    And the manifest "server.yaml" with the values:
      | NAME | far   |
      | NODE | node3 |
    And the manifest "host-server.yaml" with the values:
      | NAME | on-node3 |
      | NODE | node3   |
    Then pod "container-1" answers on port 80
    And pod "container-2" answers on port 80
    And pod "far" answers on port 80

  Scenario: On one segment packets go as they are
    Then pod "container-1" can reach pod "container-2" on port 80
    And pod "container-1" has the MTU 1500
    And the command "ip route" on node "node1" prints "100.96.2.0/24 via 10.168.0.3 dev eth0"
    And the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | why                                    |
      | container-1 | eth0      | sent          | default via 100.96.1.1 dev eth0        |
      | node1       | veth*     | received      |                                        |
      | node1       | cni0      | received      |                                        |
      | node1       | eth0      | forwarded     | 100.96.2.0/24 via 10.168.0.3 dev eth0  |
      | node2       | eth0      | received      |                                        |
      | node2       | cni0      | forwarded     | 100.96.2.0/24 dev cni0 *               |
      | node2       | veth*     | sent          |                                        |
      | container-2 | eth0      | delivered     |                                        |

  Scenario: A node on another segment is no next hop: its pods are out of reach, and flanneld says why
    Then pod "container-1" cannot reach pod "far" on port 80: "Connection timed out"
    And the packet from pod "container-1" to pod "far" is dropped at "router" by "nobody out there has 100.96.3.2"
    And the network of node "node1" complains that "Error adding route to 100.96.3.0/24 via 10.170.3.2 dev eth0: network is unreachable"
    And the network of node "node1" complains that "host-gw needs layer-2 adjacency"
    And node "node1" can reach node "node3" on port 80
