@C3 @needs:packet-paths @needs:fresh-nodes
Feature: Cilium: eBPF programs hand packets on
  With host routing they skip the stack of the node: bpf_redirect_peer puts a packet right into a pod, bpf_redirect_neigh
  right on the wire. Without, what leaves the node or comes to it meets its routes and its iptables.

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
    And the cluster's network is "cilium"
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

  Scenario: On one node a packet goes from the one pod's veth right into the other pod
    Then the path from pod "first" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | why                                                                     |
      | first       | eth0      | sent          | default via 100.96.2.1 dev eth0                                         |
      | node2       | lxc*      | received      |                                                                         |
      | node2       | lxc*      | redirected    | bpf_redirect_peer to eth0 of container-2: no routing, no iptables       |
      | container-2 | eth0      | delivered     |                                                                         |

  Scenario: Between nodes with native routing: bpf_redirect_neigh there, bpf_redirect_peer here
    Given the cluster's network is "cilium native"
    Then the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | why                                                               |
      | container-1 | eth0      | sent          | default via 100.96.1.1 dev eth0                                   |
      | node1       | lxc*      | received      |                                                                   |
      | node1       | lxc*      | redirected    | bpf_redirect_neigh to eth0: no routing, no iptables               |
      | node1       | eth0      | sent          |                                                                   |
      | node2       | eth0      | received      |                                                                   |
      | node2       | eth0      | redirected    | bpf_redirect_peer to eth0 of container-2: no routing, no iptables |
      | container-2 | eth0      | delivered     |                                                                   |

  Scenario: Between nodes with a tunnel
    Then pod "container-1" has the MTU 1450
    And the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface    | what happened | encapsulation                      |
      | container-1 | eth0         | sent          |                                    |
      | node1       | lxc*         | received      |                                    |
      | node1       | lxc*         | redirected    |                                    |
      | node1       | cilium_vxlan | wrapped       | vxlan 10.168.0.2 > 10.168.0.3:8472 |
      | node1       | eth0         | sent          | vxlan 10.168.0.2 > 10.168.0.3:8472 |
      | node2       | eth0         | received      | vxlan 10.168.0.2 > 10.168.0.3:8472 |
      | node2       | cilium_vxlan | unwrapped     |                                    |
      | node2       | cilium_vxlan | redirected    |                                    |
      | container-2 | eth0         | delivered     |                                    |

  Scenario: Host routing does not ask the node's iptables, the usual way does
    When the command "iptables -P FORWARD DROP" runs on node "node1"
    Then pod "container-1" can reach pod "container-2" on port 80
    Given the cluster's network is "cilium native without host routing"
    Then pod "container-1" cannot reach pod "container-2" on port 80: "Connection timed out"
    And the packet from pod "container-1" to pod "container-2" is dropped at "node1" by "the policy DROP of filter FORWARD"
