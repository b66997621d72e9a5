@C4 @needs:packet-paths @needs:fresh-nodes
Feature: Without a CNI configuration a node has no network for pods
  The runtime calls the plugins of /etc/cni/net.d for a pod's sandbox, that is for its infra container. Where there is no
  configuration the node is not ready, and its pods wait at ContainerCreating.

  Background:
    Given the nodes:
      | name  |
      | node1 |

  Scenario: A pod that comes before the kubelet knows fails with its sandbox; later ones are not even tried
    When node "node1" has no CNI configuration
    And the manifest "server.yaml" is applied with the values:
      | NAME | early |
      | NODE | node1 |
    Then pod "early" has an event "FailedCreatePodSandBox" saying "failed to setup network for sandbox"
    And pod "early" has an event "FailedCreatePodSandBox" saying "cni plugin not initialized"
    And pod "early" has an event "NetworkNotReady" saying "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
    And pod "early" stays "ContainerCreating" for 1 minute

  Scenario: The node says so, and is tainted
    When node "node1" has no CNI configuration
    And 20 seconds pass
    Then node "node1" has ".status.conditions[?(@.type=='Ready')].status" equal to "False"
    And node "node1" has ".status.conditions[?(@.type=='Ready')].reason" equal to "KubeletNotReady"
    And node "node1" has ".status.conditions[?(@.type=='Ready')].message" equal to "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
    And node "node1" has the taint "node.kubernetes.io/not-ready:NoSchedule"
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: waits}
      spec: {containers: [{name: app, image: "busybox:1.36", command: [sleep, "100"]}]}
      """
    Then pod "waits" has an event "FailedScheduling" saying "1 node(s) had untolerated taint(s)"

  Scenario: Pods of the host's network need no plugin
    When node "node1" has no CNI configuration
    And 20 seconds pass
    And the manifest "host-server.yaml" is applied with the values:
      | NAME | on-host |
      | NODE | node1   |
    Then pod "on-host" shows "Running"

  Scenario: With its configuration everything heals
    When node "node1" has no CNI configuration
    And the manifest "server.yaml" is applied with the values:
      | NAME | web   |
      | NODE | node1 |
    And 30 seconds pass
    Then pod "web" shows "ContainerCreating"
    When node "node1" gets its CNI configuration
    Then pod "web" shows "Running"
    And node "node1" has no taints within 1 minute

  Scenario: Who runs already goes on
    Given the manifest "server.yaml" with the values:
      | NAME | web   |
      | NODE | node1 |
    Then pod "web" shows "Running"
    When node "node1" has no CNI configuration
    And 1 minute passes
    Then pod "web" answers on port 80

  Scenario Outline: Each network has its configuration
    Given the cluster's network is "<kind>"
    Then the command "ls /etc/cni/net.d" on node "node1" prints "<file>"
    And the command "cat /etc/cni/net.d/*" on node "node1" prints "*<plugin>*"

    Examples:
      | kind          | file               | plugin            |
      | flannel vxlan | 10-flannel.conflist | 'type': 'flannel' |
      | calico        | 10-calico.conflist | 'type': 'calico'  |
      | cilium        | 05-cilium.conflist | 'cilium-cni'      |
