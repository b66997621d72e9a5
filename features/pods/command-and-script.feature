@A11
Feature: A command replaces what the image would run, and a script needs sh -c
  The pod mypod of the course notes: an nginx whose command was overridden, and what heals it.

  Scenario: A command that ends makes a web server complete, again and again
    Given the manifest "mypod.yaml"
    Then pod "mypod" shows "Completed"
    And pod "mypod" shows "CrashLoopBackOff"
    And pod "mypod" has restarted at least 4 times within 5 minutes
    And container "nginx" of pod "mypod" exited with code 0
    And the log of container "nginx" of pod "mypod" contains "SUCCESS"

  Scenario: Without the command the image runs its own program and serves
    Given the manifest "mypod-corrected.yaml"
    Then pod "mypod" shows "Running"
    And pod "mypod" stays "Running" for 10 minutes
    And pod "mypod" answers on port 80 with "Welcome to nginx!"
    And pod "mypod" has restarted 0 times

  Scenario: Replacing the pod by the corrected one heals it
    Given the manifest "mypod.yaml"
    Then pod "mypod" shows "CrashLoopBackOff"
    When pod "mypod" is deleted
    Then pod "mypod" does not exist
    When the manifest "mypod-corrected.yaml" is applied
    Then pod "mypod" shows "Running"
    And pod "mypod" stays "Running" for 10 minutes

  @A7
  Scenario: A live pod keeps its command: only the image may change
    Given the manifest "mypod.yaml"
    When the manifest "mypod-corrected.yaml" is applied
    Then it is refused with "pod updates may not change fields other than"

  @A7
  Scenario: Another image is taken up in place: the container is restarted, the pod stays
    Given the manifest "mypod-corrected.yaml"
    Then pod "mypod" shows "Running"
    When the image of container "nginx" in pod "mypod" is changed to "nginx:1.15"
    Then pod "mypod" has restarted 1 time within 1 minute
    And pod "mypod" has an event "Killing" saying "Container nginx definition changed, will be restarted"
    And pod "mypod" has an event "Pulled" saying "nginx:1.15"
    And pod "mypod" stays "Running" for 10 minutes
    And pod "mypod" was never replaced

  Scenario: Without -c the shell takes the script for the name of a file
    Given the manifest "mypod-script-as-file.yaml"
    Then pod "mypod" shows "Error"
    And container "nginx" of pod "mypod" exited with code 2
    And pod "mypod" shows "CrashLoopBackOff"
    And the log of container "nginx" of pod "mypod" contains "while true;do echo SUCCESS;done"
    And the log of container "nginx" of pod "mypod" contains "No such file"

  Scenario: With -c the loop runs for ever, and floods no more log than the node keeps
    Given the manifest "mypod-loop.yaml"
    Then pod "mypod" shows "Running"
    And pod "mypod" stays "Running" for 1 hour
    And pod "mypod" has restarted 0 times
    And the log of container "nginx" of pod "mypod" contains "SUCCESS"
    And the log of container "nginx" of pod "mypod" is at most 10 MiB long
