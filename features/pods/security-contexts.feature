@A12
Feature: A container runs as the user its pod names
  What a container says itself comes before what its pod says; a volume belongs to the pod's fsGroup.

  Background:
    Given the manifest "security-contexts.yaml"
    And 5 seconds pass

  Scenario: User, groups and what they may do
    Then the log of container "nobody" of pod "security-contexts" is:
      """
      uid=1000 gid=3000 groups=2000,3000,4000
      touch: /etc/mine: Permission denied
      -rw-r--r--
      1000:2000:644
      0:2000:2777
      """

  Scenario: Files that stay as the image has them
    Then the log of container "reader" of pod "security-contexts" is:
      """
      0
      touch: /tmp/mine: Read-only file system
      written
      """

  Scenario: Who must not be root and would be does not start
    Then pod "security-contexts" shows "CreateContainerConfigError"
    And pod "security-contexts" has an event "Failed" saying "Error: container's runAsUser breaks non-root policy"
