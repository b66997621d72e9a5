@C3 @needs:packet-paths @needs:fresh-nodes
Feature: Flannel's UDP backend: a program carries packets from node to node
  The TUN device flannel0 hands packets to flanneld, which wraps them in UDP and sends them to the flanneld of the peer.

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
    And the cluster's network is "flannel udp"
    And the manifest "server.yaml" with the values:
      | NAME | container-1 |
      | NODE | node1       |
    And the manifest "server.yaml" with the values:
      | NAME | first |
      | NODE | node2 |
    Then pod "container-1" answers on port 80
    And pod "first" answers on port 80
    Given the manifest "server.yaml" with the values:
      | NAME | container-2 |
      | NODE | node2       |
    Then pod "container-2" answers on port 80

  Scenario: From container-1 on node 1 to container-2 on node 2, hop by hop
    Then pod "container-1" has ".status.podIP" equal to "100.96.1.2"
    And pod "container-2" has ".status.podIP" equal to "100.96.2.3"
    And pod "container-1" can reach pod "container-2" on port 80
    And the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | source     | destination | encapsulation                    |
      | container-1 | eth0      | sent          | 100.96.1.2 | 100.96.2.3  |                                  |
      | node1       | veth*     | received      | 100.96.1.2 | 100.96.2.3  |                                  |
      | node1       | docker0   | received      | 100.96.1.2 | 100.96.2.3  |                                  |
      | node1       | flannel0  | forwarded     | 100.96.1.2 | 100.96.2.3  |                                  |
      | node1       | flanneld  | wrapped       | 100.96.1.2 | 100.96.2.3  | udp 10.168.0.2 > 10.168.0.3:8285 |
      | node1       | eth0      | sent          | 100.96.1.2 | 100.96.2.3  | udp 10.168.0.2 > 10.168.0.3:8285 |
      | node2       | eth0      | received      | 100.96.1.2 | 100.96.2.3  | udp 10.168.0.2 > 10.168.0.3:8285 |
      | node2       | flanneld  | unwrapped     | 100.96.1.2 | 100.96.2.3  |                                  |
      | node2       | flannel0  | received      | 100.96.1.2 | 100.96.2.3  |                                  |
      | node2       | docker0   | forwarded     | 100.96.1.2 | 100.96.2.3  |                                  |
      | node2       | veth*     | sent          | 100.96.1.2 | 100.96.2.3  |                                  |
      | container-2 | eth0      | delivered     | 100.96.1.2 | 100.96.2.3  |                                  |

  Scenario: The whole pod network is routed into the TUN, the node's own range to its bridge
    Then the command "ip route" on node "node1" prints "100.96.0.0/16 dev flannel0 proto kernel scope link src 100.96.1.0"
    And the command "ip route" on node "node1" prints "100.96.1.0/24 dev docker0 proto kernel scope link src 100.96.1.1"
    And the command "ip route" on node "node1" prints "10.168.0.0/24 dev eth0 proto kernel scope link src 10.168.0.2"

  Scenario: The outer headers take 28 bytes of the MTU
    Then pod "container-1" has the MTU 1472
    And a packet of 1472 bytes from pod "container-1" reaches pod "container-2"
    And a packet of 1473 bytes from pod "container-1" to pod "container-2" is dropped at "container-1 eth0" by "do not fit its MTU of 1472"
