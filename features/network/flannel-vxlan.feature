@C3 @needs:packet-paths @needs:fresh-nodes
Feature: Flannel's VXLAN backend: a tunnel in the kernel
  flannel.1 is a VTEP: a route leads to the VTEP of the peer, ARP says its hardware address, and the FDB the node it is on.

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
    Then pod "container-1" answers on port 80
    And pod "first" answers on port 80
    Given the manifest "server.yaml" with the values:
      | NAME | container-2 |
      | NODE | node2       |
    Then pod "container-2" answers on port 80

  Scenario: Between nodes a packet travels in UDP to port 8472, in network 1
    Then pod "container-1" can reach pod "container-2" on port 80
    And the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | source     | destination | encapsulation                            |
      | container-1 | eth0      | sent          | 100.96.1.2 | 100.96.2.3  |                                          |
      | node1       | veth*     | received      | 100.96.1.2 | 100.96.2.3  |                                          |
      | node1       | cni0      | received      | 100.96.1.2 | 100.96.2.3  |                                          |
      | node1       | flannel.1 | forwarded     | 100.96.1.2 | 100.96.2.3  |                                          |
      | node1       | flannel.1 | wrapped       | 100.96.1.2 | 100.96.2.3  | vxlan VNI 1 10.168.0.2 > 10.168.0.3:8472 |
      | node1       | eth0      | sent          | 100.96.1.2 | 100.96.2.3  | vxlan VNI 1 10.168.0.2 > 10.168.0.3:8472 |
      | node2       | eth0      | received      | 100.96.1.2 | 100.96.2.3  | vxlan VNI 1 10.168.0.2 > 10.168.0.3:8472 |
      | node2       | flannel.1 | unwrapped     | 100.96.1.2 | 100.96.2.3  |                                          |
      | node2       | cni0      | forwarded     | 100.96.1.2 | 100.96.2.3  |                                          |
      | node2       | veth*     | sent          | 100.96.1.2 | 100.96.2.3  |                                          |
      | container-2 | eth0      | delivered     | 100.96.1.2 | 100.96.2.3  |                                          |

  Scenario: The answer comes back by the same tunnel
    Then the path back from pod "container-2" on port 80 to pod "container-1" is:
      | hop         | interface | what happened | source     | destination |
      | container-2 | eth0      | sent          | 100.96.2.3 | 100.96.1.2  |
      | node2       | veth*     | received      | 100.96.2.3 | 100.96.1.2  |
      | node2       | cni0      | received      | 100.96.2.3 | 100.96.1.2  |
      | node2       | flannel.1 | forwarded     | 100.96.2.3 | 100.96.1.2  |
      | node2       | flannel.1 | wrapped       | 100.96.2.3 | 100.96.1.2  |
      | node2       | eth0      | sent          | 100.96.2.3 | 100.96.1.2  |
      | node1       | eth0      | received      | 100.96.2.3 | 100.96.1.2  |
      | node1       | flannel.1 | unwrapped     | 100.96.2.3 | 100.96.1.2  |
      | node1       | cni0      | forwarded     | 100.96.2.3 | 100.96.1.2  |
      | node1       | veth*     | sent          | 100.96.2.3 | 100.96.1.2  |
      | container-1 | eth0      | delivered     | 100.96.2.3 | 100.96.1.2  |

  Scenario: On one node the bridge hands packets from veth to veth
    Then the path from pod "first" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | source     | destination | why                                                   |
      | first       | eth0      | sent          | 100.96.2.2 | 100.96.2.3  | 100.96.2.0/24 dev eth0 proto kernel scope link src *  |
      | node2       | veth*     | received      | 100.96.2.2 | 100.96.2.3  |                                                       |
      | node2       | cni0      | bridged       | 100.96.2.2 | 100.96.2.3  | to *:*:*:*:*:*                                        |
      | node2       | veth*     | sent          | 100.96.2.2 | 100.96.2.3  |                                                       |
      | container-2 | eth0      | delivered     | 100.96.2.2 | 100.96.2.3  |                                                       |

  Scenario: flanneld writes routes, neighbours and forwarding entries for every other node
    Then the command "ip route" on node "node1" prints "100.96.2.0/24 via 100.96.2.0 dev flannel.1 onlink"
    And the command "ip neigh" on node "node1" prints "100.96.2.0 dev flannel.1 lladdr * PERMANENT"
    And the command "bridge fdb show" on node "node1" prints "* dev flannel.1 dst 10.168.0.3 self permanent"

  Scenario: The outer headers take 50 bytes of the MTU
    Then pod "container-1" has the MTU 1450
    And a packet of 1450 bytes from pod "container-1" reaches pod "container-2"
    And a packet of 1451 bytes from pod "container-1" to pod "container-2" is dropped at "container-1 eth0" by "do not fit its MTU of 1450"

  Scenario: A firewall that knows nothing of the tunnel ends it
    Given the manifest "host-server.yaml" with the values:
      | NAME | on-node2 |
      | NODE | node2   |
    When pod "on-node2" answers on port 80
    And the command "iptables -I INPUT -p udp --dport 8472 -j DROP" runs on node "node2"
    Then pod "container-1" cannot reach pod "container-2" on port 80: "Connection timed out"
    And the packet from pod "container-1" to pod "container-2" is dropped at "node2 eth0" by "filter INPUT rule 1: -p udp -m udp --dport 8472 -j DROP"
    And node "node1" can reach node "node2" on port 80
