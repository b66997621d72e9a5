@A8
Feature: imagePullPolicy decides when the registry is asked
  IfNotPresent pulls what the node has not got, Always asks at each start, Never only uses what is there.

  @needs:fresh-nodes
  Scenario: IfNotPresent pulls once
    Given the manifest "pulls.yaml" with the values:
      | name   | first        |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "first" has an event "Pulled" saying "Successfully pulled image \"busybox:1.28\""
    When the manifest "pulls.yaml" is applied with the values:
      | name   | second       |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "second" has an event "Pulled" saying "already present on machine and can be accessed by the pod"
    And pod "second" has no event "Pulling"

  Scenario: Always needs the registry even for what is there
    Given the manifest "pulls.yaml" with the values:
      | name   | first        |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "first" shows "Running"
    When the image "busybox:1.28" disappears from the registry
    And the manifest "pulls.yaml" is applied with the values:
      | name   | second       |
      | image  | busybox:1.28 |
      | policy | Always       |
    Then pod "second" shows "ErrImagePull"

  @needs:fresh-nodes
  Scenario: Never uses only what is there
    Given the manifest "pulls.yaml" with the values:
      | name   | first        |
      | image  | busybox:1.28 |
      | policy | Never        |
    Then pod "first" shows "ErrImageNeverPull"
    And pod "first" has an event "ErrImageNeverPull" saying "is not present with pull policy of Never"
    When the manifest "pulls.yaml" is applied with the values:
      | name   | second       |
      | image  | busybox:1.28 |
      | policy | Always       |
    Then pod "first" shows "Running" within 20 seconds

  Scenario: A name that does not parse is found out by the kubelet
    Given the manifest "pulls.yaml" with the values:
      | name   | first        |
      | image  | Bad_Name::x  |
      | policy | IfNotPresent |
    Then pod "first" shows "InvalidImageName"
    And pod "first" has an event "InspectFailed" saying "invalid reference format"
