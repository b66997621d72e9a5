@A5 @E1 @E3
Feature: Init containers hold a pod back until the Services it needs exist
  The first init container of myapp-pod asks the cluster's DNS for myservice, over and over, until there is an answer;
  the second one asks for mydb. They run one after the other, and STATUS counts how many are done.

  Background:
    Given the manifest "myapp-pod.yaml"

  Scenario: The pod runs once both Services exist, and not a moment earlier
    Then pod "myapp-pod" shows "Init:0/2"
    When 12 seconds pass
    And the service "myservice" is created on port 80 to 9376
    Then pod "myapp-pod" shows "Init:1/2" within 10 seconds
    And pod "myapp-pod" stayed "Init:0/2" until service "myservice" existed
    When 10 seconds pass
    And the service "mydb" is created on port 80 to 2222
    Then pod "myapp-pod" shows "Running" within 10 seconds
    And pod "myapp-pod" stayed "Init:1/2" until service "mydb" existed
    And pod "myapp-pod" passes through:
      | Pending         |
      | Init:0/2        |
      | Init:1/2        |
      | PodInitializing |
      | Running         |
    And kubectl get pods shows:
      | NAME      | READY | STATUS  | RESTARTS |
      | myapp-pod | 1/1   | Running | 0        |
    And the log of container "myapp-container" of pod "myapp-pod" contains "The app is running!"

  Scenario: Without the Service the pod waits for as long as it takes
    Then pod "myapp-pod" shows "Init:0/2"
    And pod "myapp-pod" stays "Init:0/2" for 10 minutes
    And pod "myapp-pod" never shows "Running"
    And pod "myapp-pod" has restarted 0 times

  Scenario: The second Service alone helps nobody: the first init container comes first
    When the service "mydb" is created on port 80 to 2222
    Then pod "myapp-pod" shows "Init:0/2"
    And pod "myapp-pod" stays "Init:0/2" for 2 minutes

  Scenario: The logs say what each init container waits for
    Then pod "myapp-pod" shows "Init:0/2"
    When 5 seconds pass
    Then the log of container "init-myservice" of pod "myapp-pod" contains "can't resolve 'myservice'"
    And the log of container "init-myservice" of pod "myapp-pod" contains "waiting for myservice"
    But reading the log of container "init-mydb" of pod "myapp-pod" is refused with "is waiting to start: PodInitializing"
    When the service "myservice" is created on port 80 to 9376
    Then pod "myapp-pod" shows "Init:1/2"
    When 5 seconds pass
    Then the log of container "init-mydb" of pod "myapp-pod" contains "can't resolve 'mydb'"
    And the log of container "init-mydb" of pod "myapp-pod" does not contain "myservice"
