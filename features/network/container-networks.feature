@C2 @needs:packet-paths
Feature: Whose network a container has
  Its pod's own, on the node's bridge; the node's; or that of the other containers of its pod, which the pause container
  keeps for all of them.

  Scenario: A pod has a network of its own: a veth, and its node's bridge as its router
    Given the manifest "server.yaml" with the values:
      | NAME | own   |
      | NODE | node1 |
    Then pod "own" answers on port 80
    And pod "own" has ".status.podIP" equal to "10.244.0.2"
    And the path from pod "own" to node "node1" on port 80 is:
      | hop   | interface | what happened | source     | destination  |
      | own   | eth0      | sent          | 10.244.0.2 | 192.168.0.10 |
      | node1 | veth*     | received      | 10.244.0.2 | 192.168.0.10 |
      | node1 | cni0      | delivered     | 10.244.0.2 | 192.168.0.10 |
      | node1 | cni0      | refused       | 10.244.0.2 | 192.168.0.10 |

  Scenario: A pod on the host's network is its node: there is no veth and no bridge
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: on-host}
      spec: {hostNetwork: true, containers: [{name: web, image: "nginx:1.14"}]}
      """
    And the manifest "server.yaml" with the values:
      | NAME | own   |
      | NODE | node1 |
    Then pod "on-host" answers on port 80
    And pod "own" answers on port 80
    And pod "own" can reach node "node1" on port 80
    And the path from pod "on-host" to pod "own" on port 80 is:
      | hop   | interface | what happened | source     | destination |
      | node1 | cni0      | sent          | 10.244.0.1 | 10.244.0.2  |
      | node1 | veth*     | sent          | 10.244.0.1 | 10.244.0.2  |
      | own   | eth0      | delivered     | 10.244.0.1 | 10.244.0.2  |

  Scenario: Containers of a pod share one network: one reaches the other as localhost
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: together}
      spec:
        restartPolicy: Never
        containers:
          - {name: web, image: "nginx:1.14"}
          - {name: asks, image: "busybox:1.36", command: [sh, -c, "sleep 2; wget -q -O - http://localhost/"]}
      """
    Then the log of container "asks" of pod "together" contains "Welcome to nginx!"

  Scenario: Their network is not theirs: it stays when they restart
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: crashes}
      spec: {containers: [{name: app, image: "busybox:1.36", command: [sh, -c, "sleep 5; exit 1"]}]}
      """
    Then pod "crashes" has restarted 1 time within 1 minute
    And pod "crashes" has ".status.podIP" equal to "10.244.0.2"

  Scenario: A port of the node is translated to the pod's
    Given the manifest "host-port.yaml" with the values:
      | NAME | first |
    And the manifest "server.yaml" with the values:
      | NAME | other |
      | NODE | node1 |
    Then pod "first" answers on port 80
    And pod "other" answers on port 80
    And pod "other" can reach node "node1" on port 8080
    And the path from pod "other" to node "node1" on port 8080 is:
      | hop   | interface | what happened | source     | destination  | why               |
      | other | eth0      | sent          | *          | 192.168.0.10 |                   |
      | node1 | veth*     | received      | *          | 192.168.0.10 |                   |
      | node1 | cni0      | received      | *          | 192.168.0.10 |                   |
      | node1 | cni0      | translated    | *          | 10.244.0.*   | nat CNI-DN-* rule 3: * |
      | node1 | cni0      | translated    | 10.244.0.1 | 10.244.0.*   | nat CNI-HOSTPORT-MASQ rule 1: * |
      | node1 | cni0      | forwarded     | 10.244.0.1 | 10.244.0.*   |                   |
      | node1 | veth*     | sent          | 10.244.0.1 | 10.244.0.*   |                   |
      | first | eth0      | delivered     | 10.244.0.1 | 10.244.0.*   |                   |

  Scenario: No network at all: Docker has such containers, Kubernetes no such pods
    Given the cluster's network is "none"
    And the manifest "server.yaml" with the values:
      | NAME | alone |
      | NODE | node1 |
    Then pod "alone" has an event "FailedCreatePodSandBox" saying "failed to find network info for sandbox"
    And pod "alone" stays "ContainerCreating" for 30 seconds
    Given the manifest "host-server.yaml" with the values:
      | NAME | on-host |
      | NODE | node1   |
    Then pod "on-host" shows "Running"
