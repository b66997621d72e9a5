@C8 @needs:packet-paths @needs:fresh-nodes
Feature: A packet that goes in a circle dies of its time to live
  Each node that forwards a packet takes one of its 64 lives.

  Scenario: Two nodes send a range to each other
    Given the nodes:
      | name  | address    | pod CIDR      |
      | node1 | 10.168.0.2 | 100.96.1.0/24 |
      | node2 | 10.168.0.3 | 100.96.2.0/24 |
    And the manifest "server.yaml" with the values:
      | NAME | container-1 |
      | NODE | node1       |
    Then pod "container-1" answers on port 80
    When the command "ip route add 100.96.9.0/24 via 10.168.0.3 dev eth0" runs on node "node1"
    And the command "ip route add 100.96.9.0/24 via 10.168.0.2 dev eth0" runs on node "node2"
    Then the packet from pod "container-1" to the address "100.96.9.5" is dropped at "node2 eth0" by "its time to live is over: it went in a circle"
    And pod "container-1" cannot reach the address "100.96.9.5" on port 80: "No route to host"
