@A12 @needs:node-failure
Feature: A node clears its disk before it evicts
  What is left of pods that have ended and images that no container was made from go first.

  Background:
    Given the manifest "runs-once.yaml" with the values:
      | NAME  | early        |
      | IMAGE | nginx:1.14   |
      | TAKES | 1            |
    Then pod "early" shows "Completed"
    Given the manifest "runs-once.yaml" with the values:
      | NAME  | stays        |
      | IMAGE | busybox:1.28 |
      | TAKES | 10000        |
    Then pod "stays" shows "Running"

  Scenario: It is enough
    When node "node1" runs short of disk
    Then node "node1" has an event "EvictionThresholdMet" saying "Attempting to reclaim ephemeral-storage" within 20 seconds
    And pod "stays" stays "Running" for 1 minute
    And the log of container "app" of pod "early" contains "unable to retrieve container logs"
    When node "node1" has enough disk again
    Then condition "DiskPressure" of node "node1" is "False" within 6 minutes
    When the manifest "runs-once.yaml" is applied with the values:
      | NAME  | again        |
      | IMAGE | nginx:1.14   |
      | TAKES | 1            |
    Then pod "again" has an event "Pulling"

  Scenario: It is not enough
    When node "node1" runs short of disk by "1Gi"
    Then pod "stays" has ".status.reason" equal to "Evicted" within 20 seconds

  Scenario: Every five minutes a node looks how full its disk is
    When node "node1" runs short of disk by "1Gi"
    Then node "node1" has an event "FreeDiskSpaceFailed" saying "Insufficient free disk space on the node's image filesystem (91% of 100.0 GiB used)." within 5 minutes
    And node "node1" has an event "ImageGCFailed" within 6 minutes
