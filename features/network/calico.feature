@C3 @needs:packet-paths @needs:fresh-nodes
Feature: Calico: routes instead of a bridge
  Felix gives each pod a route on its node, BIRD tells the other nodes of the node's range. Each pod has an address and
  no network: its node answers for every other address (proxy ARP).

  Background:
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.170.2.2 | 100.96.1.0/24 |
      | node2 | 10.170.2.3 | 100.96.2.0/24 |
      | node3 | 10.170.3.2 | 100.96.3.0/24 |
    And the manifest "server.yaml" with the values:
      | NAME | container-1 |
      | NODE | node1       |
    And the manifest "server.yaml" with the values:
      | NAME | neighbour |
      | NODE | node1     |
    And the manifest "server.yaml" with the values:
      | NAME | container-2 |
      | NODE | node2       |
    And the manifest "server.yaml" with the values:
      | NAME | far   |
      | NODE | node3 |
    Then pod "container-1" answers on port 80
    And pod "neighbour" answers on port 80
    And pod "container-2" answers on port 80
    And pod "far" answers on port 80

  Scenario: On one node the pod's own route leads to its veth
    Given the cluster's network is "calico"
    Then the path from pod "container-1" to pod "neighbour" on port 80 is:
      | hop         | interface | what happened | why                                |
      | container-1 | eth0      | sent          | default via 169.254.1.1 dev eth0   |
      | node1       | cali*     | received      |                                    |
      | node1       | cali*     | forwarded     | 100.96.1.* dev cali* scope link    |
      | neighbour   | eth0      | delivered     |                                    |

  Scenario: On one segment the peer node is the next hop, as BGP says
    Given the cluster's network is "calico"
    Then pod "container-1" can reach pod "container-2" on port 80
    And the path from pod "container-1" to pod "container-2" on port 80 is:
      | hop         | interface | what happened | why                                              |
      | container-1 | eth0      | sent          | default via 169.254.1.1 dev eth0                 |
      | node1       | cali*     | received      |                                                  |
      | node1       | eth0      | forwarded     | 100.96.2.0/24 via 10.170.2.3 dev eth0 proto bird |
      | node2       | eth0      | received      |                                                  |
      | node2       | cali*     | forwarded     | 100.96.2.2 dev cali* scope link                  |
      | container-2 | eth0      | delivered     |                                                  |

  Scenario: From 10.170.2.2 to 10.170.3.2 there is a router, which knows nothing of pods
    Given the cluster's network is "calico"
    Then pod "container-1" cannot reach pod "far" on port 80: "Connection timed out"
    And the packet from pod "container-1" to pod "far" is dropped at "router" by "nobody out there has 100.96.3.2"
    And the network of node "node1" complains that "the router between knows nothing of 100.96.3.0/24"

  Scenario: IPIP puts the node's address outside, where subnets are crossed
    Given the cluster's network is "calico ipip cross-subnet"
    Then pod "container-1" can reach pod "far" on port 80
    And pod "container-1" has the MTU 1480
    And the path from pod "container-1" to pod "far" on port 80 is:
      | hop         | interface | what happened | source     | destination | encapsulation                |
      | container-1 | eth0      | sent          | 100.96.1.2 | 100.96.3.2  |                              |
      | node1       | cali*     | received      | 100.96.1.2 | 100.96.3.2  |                              |
      | node1       | tunl0     | forwarded     | 100.96.1.2 | 100.96.3.2  |                              |
      | node1       | tunl0     | wrapped       | 100.96.1.2 | 100.96.3.2  | ipip 10.170.2.2 > 10.170.3.2 |
      | node1       | eth0      | sent          | 100.96.1.2 | 100.96.3.2  | ipip 10.170.2.2 > 10.170.3.2 |
      | router      | eth0      | received      | 100.96.1.2 | 100.96.3.2  | ipip 10.170.2.2 > 10.170.3.2 |
      | router      | eth1      | forwarded     | 100.96.1.2 | 100.96.3.2  | ipip 10.170.2.2 > 10.170.3.2 |
      | node3       | eth0      | received      | 100.96.1.2 | 100.96.3.2  | ipip 10.170.2.2 > 10.170.3.2 |
      | node3       | tunl0     | unwrapped     | 100.96.1.2 | 100.96.3.2  |                              |
      | node3       | cali*     | forwarded     | 100.96.1.2 | 100.96.3.2  |                              |
      | far         | eth0      | delivered     | 100.96.1.2 | 100.96.3.2  |                              |
    And the command "ip route" on node "node1" prints "100.96.3.0/24 via 10.170.3.2 dev tunl0 proto bird onlink"
    And the command "ip route" on node "node1" prints "100.96.2.0/24 via 10.170.2.3 dev eth0 proto bird"

  Scenario: A route reflector spreads the routes as well as a mesh of sessions; without either nobody does
    Given the cluster's network is "calico reflected by node3"
    Then pod "container-1" can reach pod "container-2" on port 80
    Given the cluster's network is "calico without mesh"
    Then pod "container-1" cannot reach pod "container-2" on port 80: "Connection timed out"
    And the network of node "node1" complains that "has no BGP session that tells it of 100.96.2.0/24"

  Scenario: A pod that goes takes its route with it
    Given the cluster's network is "calico"
    Then the command "ip route" on node "node1" prints "100.96.1.3 dev cali* scope link"
    When pod "neighbour" is deleted
    And 5 seconds pass
    Then pod "container-1" cannot reach the address "100.96.1.3" on port 80: "No route to host"
    And the packet from pod "container-1" to the address "100.96.1.3" is dropped at "node1" by "blackhole 100.96.1.0/24 proto bird"
