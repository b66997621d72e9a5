@A1
Feature: ConfigMaps and Secrets as files follow their source
  The kubelet writes them anew when it next syncs the pod, a minute or so later, all files at once; a container sees the
  new text without a restart, unless it mounted a single file by subPath.

  Scenario: A changed ConfigMap reaches a running container
    Given the configmap "settings" is created with:
      | colour | red |
    And the manifest "settings-as-files.yaml"
    Then the log of container "app" of pod "reader" contains "colour is red"
    When the configmap "settings" is changed to:
      | colour | blue |
    Then the log of container "app" of pod "reader" contains "colour is blue" within 100 seconds
    And pod "reader" has restarted 0 times

  Scenario: A file mounted by subPath stays as it was
    Given the configmap "settings" is created with:
      | colour | red |
    And the manifest "settings-as-files.yaml"
    Then pod "reader" shows "Running"
    When the configmap "settings" is changed to:
      | colour | blue |
    And 5 minutes pass
    Then the log of container "once" of pod "reader" contains "colour was red"
    And the log of container "once" of pod "reader" does not contain "blue"

  Scenario: One volume shows several sources, and nobody writes to it
    Given the configmap "settings" is created with:
      | colour | red |
    And the secret "shop" is created with:
      | password | sesame |
      | other    | hidden |
    And the manifest "all-in-one.yaml"
    Then pod "all" shows "Error"
    And the log of container "app" of pod "all" contains "app=\"shop\""
    And the log of container "app" of pod "all" contains "Read-only file system"
