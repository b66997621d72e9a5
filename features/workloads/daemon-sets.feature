@A3
Feature: A DaemonSet has one pod on each node that suits it

  Background:
    Given the nodes:
      | name   | cpu | memory | labels    |
      | first  | 4   | 8Gi    | disk=fast |
      | second | 4   | 8Gi    |           |
      | third  | 4   | 8Gi    |           |

  Scenario: Every node gets its own
    Given the manifest "daemon.yaml"
    Then daemonset "agent" has 3 pods showing "Running"
    And the rollout of daemonset "agent" is complete
    And kubectl get daemonsets shows:
      | NAME  | DESIRED | CURRENT | READY | UP-TO-DATE | AVAILABLE |
      | agent | 3       | 3       | 3     | 3          | 3         |
    When one pod of daemonset "agent" is deleted
    Then daemonset "agent" has 1 pod showing "Terminating"
    And daemonset "agent" has an event "SuccessfulCreate"
    And daemonset "agent" has 3 pods showing "Running" within 10 seconds
    And daemonset "agent" never had more than 3 pods

  Scenario: A selector leaves nodes out
    Given the manifest "choosy-daemon.yaml"
    Then daemonset "agent" has 1 pod showing "Running"
    And kubectl get daemonsets shows:
      | NAME  | DESIRED | READY | NODE SELECTOR |
      | agent | 1       | 1     | disk=fast     |

  Scenario: Nodes that join, or come to suit, get their own
    Given the manifest "choosy-daemon.yaml"
    Then daemonset "agent" has 1 pod showing "Running"
    When node "second" is labelled "disk=fast"
    Then daemonset "agent" has 2 pods showing "Running"
    When node "third" is cordoned
    And node "third" is labelled "disk=fast"
    Then daemonset "agent" has 3 pods showing "Running"
    When node "first" is tainted with "broken=disk:NoSchedule"
    And 10 seconds pass
    Then daemonset "agent" has 3 pods showing "Running"
    When node "first" is labelled "disk=slow"
    Then daemonset "agent" has 1 pod showing "Terminating"
    And daemonset "agent" has 2 pods within 10 seconds

  @needs:node-failure
  Scenario: A daemon stays on a node that is lost
    Given the manifest "daemon.yaml"
    Then daemonset "agent" has 3 pods showing "Running"
    When the kubelet of node "second" stops
    Then node "second" has the taint "node.kubernetes.io/unreachable:NoExecute" within 2 minutes
    When 10 minutes pass
    Then daemonset "agent" has 3 pods
    And daemonset "agent" has 3 pods showing "Running"
    And kubectl get daemonsets shows:
      | NAME  | DESIRED | CURRENT | READY | AVAILABLE |
      | agent | 2       | 2       | 2     | 2         |
    And daemonset "agent" has ".status.numberMisscheduled" equal to "1"

  Scenario: An update takes one node after another
    Given the manifest "daemon.yaml"
    Then the rollout of daemonset "agent" is complete
    When the image of container "main" in daemonset "agent" is changed to "busybox:1.36"
    Then the rollout of daemonset "agent" is complete within 2 minutes
    And daemonset "agent" never had fewer than 2 ready pods
    And daemonset "agent" never had more than 3 pods
    And daemonset "agent" has ".status.updatedNumberScheduled" equal to "3"

  Scenario: An update with surge never takes a node's daemon away before the next one serves
    Given the manifest "surging-daemon.yaml"
    Then the rollout of daemonset "agent" is complete
    When the image of container "main" in daemonset "agent" is changed to "busybox:1.36"
    Then the rollout of daemonset "agent" is complete within 2 minutes
    And daemonset "agent" never had fewer than 3 ready pods
    And daemonset "agent" never had more than 4 pods

  Scenario: An update that does no good is undone
    Given the manifest "daemon.yaml"
    Then the rollout of daemonset "agent" is complete
    When the image of container "main" in daemonset "agent" is changed to "busybox:no-such-tag"
    Then daemonset "agent" has 1 pod showing "ImagePullBackOff" within 1 minute
    And daemonset "agent" has 2 pods showing "Running"
    When the rollout of daemonset "agent" is undone
    Then the rollout of daemonset "agent" is complete within 1 minute
    And daemonset "agent" never had fewer than 2 ready pods

  Scenario: A pod that fails is replaced
    Given the manifest "choosy-daemon.yaml"
    Then daemonset "agent" has 1 pod showing "Running"
    When node "first" runs short of memory
    Then daemonset "agent" has an event "FailedDaemonPod" saying "on node first, will try to kill it" within 2 minutes
    When node "first" has enough memory again
    Then daemonset "agent" has 1 pod showing "Running" within 10 minutes
