@A6
Feature: A pod that is still initialising is not ready and serves nobody
  A Service sends traffic to ready pods only. Until its init containers are done a pod is Pending and not ready, so it is
  in no Service's endpoints, even when the Service selects it.

  Background:
    Given the manifest "myapp-pod.yaml"
    And the service "myapp" is created on port 80 to 8080 for "app=myapp"

  Scenario: Before it runs the pod is in no endpoints
    Then pod "myapp-pod" shows "Init:0/2"
    And pod "myapp-pod" has ".status.phase" equal to "Pending"
    And condition "Initialized" of pod "myapp-pod" is "False" with reason "ContainersNotInitialized"
    And condition "Ready" of pod "myapp-pod" is "False" with reason "ContainersNotReady"
    When 2 minutes pass
    Then service "myapp" has no endpoints
    And pod "myapp-pod" was never in the endpoints of service "myapp"

  Scenario: Once it runs the pod is in the endpoints
    When the service "myservice" is created on port 80 to 9376
    And the service "mydb" is created on port 80 to 2222
    Then pod "myapp-pod" shows "Running"
    And service "myapp" has endpoints for pod "myapp-pod"
    And condition "Initialized" of pod "myapp-pod" is "True"
    And condition "Ready" of pod "myapp-pod" is "True"
