@A9
Feature: A pull that fails is tried again with a growing back-off, and an image that appears heals the pod

  Scenario: ErrImagePull and ImagePullBackOff take turns
    Given the manifest "pulls.yaml" with the values:
      | name   | shop        |
      | image  | nosuch/shop |
      | policy | Always      |
    Then pod "shop" passes through within 3 minutes:
      | STATUS            |
      | ContainerCreating |
      | ErrImagePull      |
      | ImagePullBackOff  |
      | ErrImagePull      |
      | ImagePullBackOff  |
    And pod "shop" has an event "Failed" saying "Failed to pull image \"nosuch/shop\""
    And pod "shop" has an event "BackOff" saying "Back-off pulling image \"nosuch/shop\""
    And pod "shop" has restarted 0 times

  Scenario: The image appears after 1 minute
    Given the registry has no image "busybox:1.28"
    And the manifest "pulls.yaml" with the values:
      | name   | shop         |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "shop" shows "ErrImagePull"
    When 1 minute passes
    And the image "busybox:1.28" appears in the registry
    Then pod "shop" shows "Running" within 2 minutes
    And pod "shop" has restarted 0 times
