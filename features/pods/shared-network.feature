@A1
Feature: The containers of a pod share one address, one localhost and one set of ports
  What one of them listens on, its siblings reach on localhost. A port that is taken is taken for all of them.

  Scenario: A sibling is reached on localhost, and nothing else is needed
    Given the manifest "web-and-its-reader.yaml"
    Then pod "siblings" shows "Running"
    And the log of container "reader" of pod "siblings" contains "Welcome to nginx!"
    And pod "siblings" answers on port 80 with "Welcome to nginx!"

  Scenario: The second container that wants a port finds it taken, and says so
    Given the manifest "two-webs.yaml"
    Then pod "two-webs" shows "Running"
    And pod "two-webs" shows "Error" within 10 seconds
    And container "web-2" of pod "two-webs" exited with code 1
    And the log of container "web-2" of pod "two-webs" contains "bind() to 0.0.0.0:80 failed (98: Address already in use)"
    And pod "two-webs" shows "CrashLoopBackOff" within 30 seconds
    And pod "two-webs" answers on port 80 with "Welcome to nginx!"
