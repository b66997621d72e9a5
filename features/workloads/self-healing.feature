@A3
Feature: A bare pod is mortal; a pod that somebody owns is replaced
  The same happens to both. Nobody makes the bare pod again; its owner makes another one for the other.

  Background:
    Given the nodes:
      | name   | cpu | memory |
      | first  | 4   | 8Gi    |
      | second | 4   | 8Gi    |

  Scenario: Both are deleted
    Given the manifest "bare-and-owned.yaml"
    Then pod "bare" shows "Running"
    And deployment "owned" has 1 pod showing "Running"
    When pod "bare" is deleted
    And one pod of deployment "owned" is deleted
    Then deployment "owned" has 1 pod showing "Terminating"
    And deployment "owned" has 1 pod showing "Running"
    And pod "bare" does not exist
    When 10 minutes pass
    Then pod "bare" does not exist
    And deployment "owned" has 1 pod showing "Running"

  @needs:node-failure
  Scenario: Their node dies
    Given the manifest "bare-and-owned.yaml"
    Then pod "bare" shows "Running"
    And deployment "owned" has 1 pod showing "Running"
    When the kubelet of node "first" stops
    Then condition "Ready" of node "first" is "Unknown" within 1 minute
    And deployment "owned" has 1 pod showing "Running" within 2 minutes
    And deployment "owned" has 1 pod showing "Terminating"
    And pod "bare" shows "Terminating"
    When the kubelet of node "first" starts again
    Then pod "bare" does not exist
    And deployment "owned" has 1 pod
    And deployment "owned" has 1 pod showing "Running"

  @needs:node-failure
  Scenario: Their node runs short of memory and evicts them
    Given the manifest "bare-and-owned.yaml"
    Then pod "bare" shows "Running"
    And deployment "owned" has 1 pod showing "Running"
    When node "first" runs short of memory by "1Gi"
    Then pod "bare" has ".status.reason" equal to "Evicted" within 2 minutes
    And deployment "owned" has 1 pod showing "Error" within 2 minutes
    And deployment "owned" has 1 pod showing "Running"
    When 10 minutes pass
    Then pod "bare" has ".status.phase" equal to "Failed"
    And deployment "owned" has 1 pod showing "Running"

  Scenario: A pod of theirs is deleted while they are being scaled
    Given the manifest "bare-and-owned.yaml"
    Then deployment "owned" has 1 pod showing "Running"
    When deployment "owned" is scaled to 4
    And one pod of deployment "owned" is deleted by force
    Then deployment "owned" has 4 pods showing "Running" within 1 minute
    When deployment "owned" is scaled to 2
    And one pod of deployment "owned" is deleted by force
    Then deployment "owned" has 2 pods showing "Running" within 1 minute
    And deployment "owned" never had more than 4 pods
