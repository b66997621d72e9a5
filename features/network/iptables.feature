@C8 @needs:packet-paths @needs:fresh-nodes
Feature: iptables decides about packets at five hooks
  Tables stand in chains at hooks; at each hook the tables come in an order, and in each chain the first rule that fits
  decides. What was dropped or translated is explained by the rule that did it.

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

  Scenario: The first rule that fits decides, and rules count
    When the command "iptables -N OWN" runs on node "node1"
    And the command "iptables -A OWN -p udp -j DROP" runs on node "node1"
    And the command "iptables -A OWN -s 100.96.1.0/24 -j RETURN" runs on node "node1"
    And the command "iptables -A OWN -j DROP" runs on node "node1"
    And the command "iptables -I FORWARD -j OWN" runs on node "node1"
    Then pod "first" cannot reach pod "container-1" on port 80: "Connection timed out"
    And the packet from pod "first" to pod "container-1" is dropped at "node1 flannel.1" by "filter OWN rule 3: -j DROP"
    And chain "OWN" of table "filter" on node "node1" has the rules:
      | rule                       | packets |
      | -p udp -j DROP             | 0       |
      | -s 100.96.1.0/24 -j RETURN | 0       |
      | -j DROP                    | 2       |

  Scenario: A rejected packet is told of, a dropped one is not
    When the command "iptables -I FORWARD -p tcp --dport 80 -d 100.96.2.3 -j REJECT" runs on node "node2"
    Then pod "container-1" cannot reach pod "container-2" on port 80: "Connection refused"
    And the packet from pod "container-1" to pod "container-2" is rejected at "node2" by "-j REJECT --reject-with icmp-port-unreachable"
    And pod "container-1" can reach pod "first" on port 80

  Scenario Outline: At each hook a packet can be stopped
    When the command "iptables -t <table> -I <chain> <asked> -j DROP" runs on node "<node>"
    Then the packet from pod "container-1" to pod "container-2" is dropped at "<place>" by "<table> <chain> rule 1"

    Examples:
      | table  | chain       | asked                | node  | place           |
      | raw    | PREROUTING  | -d 100.96.2.3        | node1 | node1 cni0      |
      | mangle | PREROUTING  | -d 100.96.2.3        | node1 | node1 cni0      |
      | filter | FORWARD     | -d 100.96.2.3        | node1 | node1 cni0      |
      | mangle | POSTROUTING | -d 100.96.2.3        | node1 | node1 cni0      |
      | filter | OUTPUT      | -p udp --dport 8472  | node1 | node1 eth0      |
      | filter | INPUT       | -p udp --dport 8472  | node2 | node2 eth0      |
      | raw    | PREROUTING  | -p tcp               | node2 | node2 flannel.1 |

  Scenario: mangle comes before filter
    When the command "iptables -I FORWARD -d 100.96.2.3 -j DROP" runs on node "node1"
    And the command "iptables -t mangle -I FORWARD -d 100.96.2.3 -j DROP" runs on node "node1"
    Then the packet from pod "container-1" to pod "container-2" is dropped at "node1" by "mangle FORWARD rule 1"

  Scenario: A destination is translated before routing, and its answer back
    When the command "iptables -t nat -A PREROUTING -d 10.0.0.80 -p tcp --dport 8080 -j DNAT --to-destination 100.96.2.3:80" runs on node "node1"
    Then pod "container-1" can reach the address "10.0.0.80" on port 8080
    And the path from pod "container-1" to the address "10.0.0.80" on port 8080 is:
      | hop         | interface | what happened | destination | why                                              |
      | container-1 | eth0      | sent          | 10.0.0.80   |                                                  |
      | node1       | veth*     | received      | 10.0.0.80   |                                                  |
      | node1       | cni0      | received      | 10.0.0.80   |                                                  |
      | node1       | cni0      | translated    | 100.96.2.3  | nat PREROUTING rule *: -d 10.0.0.80/32 -p tcp *  |
      | node1       | flannel.1 | forwarded     | 100.96.2.3  |                                                  |
      | node1       | flannel.1 | wrapped       | 100.96.2.3  |                                                  |
      | node1       | eth0      | sent          | 100.96.2.3  |                                                  |
      | node2       | eth0      | received      | 100.96.2.3  |                                                  |
      | node2       | flannel.1 | unwrapped     | 100.96.2.3  |                                                  |
      | node2       | cni0      | forwarded     | 100.96.2.3  |                                                  |
      | node2       | veth*     | sent          | 100.96.2.3  |                                                  |
      | container-2 | eth0      | delivered     | 100.96.2.3  |                                                  |

  Scenario: A Service's address is translated by kube-proxy's rules, and its answer comes from the Service
    When the service "web" is created on port 80 for "app=container-2"
    And service "web" has endpoints for pod "container-2"
    And 1 second passes
    Then pod "container-1" can reach service "web" on port 80
    And the path from pod "container-1" to service "web" on port 80 is:
      | hop         | interface | what happened | destination | why                                                    |
      | container-1 | eth0      | sent          | 10.*        |                                                        |
      | node1       | veth*     | received      | 10.*        |                                                        |
      | node1       | cni0      | received      | 10.*        |                                                        |
      | node1       | cni0      | translated    | 100.96.2.3  | nat KUBE-SEP-* -j DNAT --to-destination 100.96.2.3:80  |
      | node1       | flannel.1 | forwarded     | 100.96.2.3  |                                                        |
      | node1       | flannel.1 | wrapped       | 100.96.2.3  |                                                        |
      | node1       | eth0      | sent          | 100.96.2.3  |                                                        |
      | node2       | eth0      | received      | 100.96.2.3  |                                                        |
      | node2       | flannel.1 | unwrapped     | 100.96.2.3  |                                                        |
      | node2       | cni0      | forwarded     | 100.96.2.3  |                                                        |
      | node2       | veth*     | sent          | 100.96.2.3  |                                                        |
      | container-2 | eth0      | delivered     | 100.96.2.3  |                                                        |
    And the packet from pod "container-1" to service "web" is translated at "node1 cni0" by "-j DNAT --to-destination 100.96.2.3:80"
    When the service "nobody" is created on port 80 for "app=nobody"
    And 1 second passes
    Then pod "container-1" cannot reach service "nobody" on port 80: "Connection refused"
    And the packet from pod "container-1" to service "nobody" is rejected at "node1" by "default/nobody has no endpoints"

  Scenario: The rules of the network read as on a real node
    Then the command "iptables -t nat -L FLANNEL-POSTRTG -n -v" on node "node1" prints "Chain FLANNEL-POSTRTG (1 references)"
    And the command "iptables-save" on node "node1" prints ":FLANNEL-FWD - *"
    And the command "iptables-save" on node "node1" prints "-A FLANNEL-FWD -s 100.96.0.0/16 -m comment --comment 'flanneld forward' -j ACCEPT"
