@A12
Feature: A pod that writes more than it may is evicted
  The kubelet looks every 10 seconds at what pods whose disk is limited have written.

  Scenario: A container over its ephemeral-storage limit
    Given the manifest "disk-filler.yaml"
    Then pod "disk-filler" shows "Running"
    And pod "disk-filler" has ".status.phase" equal to "Failed" within 40 seconds
    And pod "disk-filler" has ".status.reason" equal to "Evicted"
    And pod "disk-filler" has an event "Evicted" saying "exceeds the total limit of containers 5Mi"
    And pod "disk-filler" has restarted 0 times

  Scenario: A volume over its size limit
    Given the manifest "volume-filler.yaml"
    Then pod "volume-filler" has ".status.reason" equal to "Evicted" within 40 seconds
    And pod "volume-filler" has an event "Evicted" saying "Usage of EmptyDir volume \"cache\" exceeds the limit \"1Mi\""
