@A1
Feature: The environment of a container may come from ConfigMaps, Secrets and the pod itself
  A container is not created before all that it needs is there; once it is, the kubelet's next try succeeds.

  Scenario: A missing ConfigMap holds the container back until it exists
    Given the manifest "settings-in-env.yaml"
    Then pod "greeter" shows "CreateContainerConfigError"
    And pod "greeter" has an event "Failed" saying "Error: configmap \"settings\" not found"
    And pod "greeter" stays "CreateContainerConfigError" for 1 minute
    When the configmap "settings" is created with:
      | greeting | hello |
    Then pod "greeter" shows "Running" within 20 seconds
    And the log of container "app" of pod "greeter" contains "hello from"
    And pod "greeter" has restarted 0 times

  @needs:default-namespace
  Scenario: A ConfigMap without the key is not enough
    Given the configmap "settings" is created with:
      | colour | red |
    And the manifest "settings-in-env.yaml"
    Then pod "greeter" has an event "Failed" saying "Error: couldn't find key greeting in ConfigMap default/settings"

  Scenario: A whole Secret becomes variables with a prefix
    Given the configmap "settings" is created with:
      | greeting | hello |
    And the secret "shop" is created with:
      | COLOUR | red |
    And the manifest "settings-in-env.yaml"
    Then the log of container "app" of pod "greeter" contains "hello from red"

  Scenario: A running container keeps the environment it was started with
    Given the configmap "settings" is created with:
      | greeting | hello |
    And the manifest "settings-in-env.yaml"
    Then pod "greeter" shows "Running"
    When the configmap "settings" is changed to:
      | greeting | good bye |
    And 5 minutes pass
    Then the log of container "app" of pod "greeter" does not contain "good bye"

  @needs:default-namespace
  Scenario: A pod is told about itself
    Given the manifest "told-about-itself.yaml"
    Then the log of container "app" of pod "self" is:
      """
      self.default on node1, front, 2 cpus, 64 MiB
      my address
      """

  Scenario: Services reach the environment, unless the pod does not want them
    Given the service "shop" is created on port 80
    And the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: loner
      spec:
        enableServiceLinks: false
        containers:
          - name: app
            image: busybox:1.28
            command: ["sh", "-c", "env; echo done; sleep 3600"]
      """
    Then the log of container "app" of pod "loner" contains "done"
    And the log of container "app" of pod "loner" contains "KUBERNETES_SERVICE_HOST"
    And the log of container "app" of pod "loner" does not contain "SHOP_SERVICE_HOST"

  Scenario: A key that is no name of a shell's variable reaches the shell's children all the same
    Given the configmap "settings" is created with:
      | colour-1 | red |
    And the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: lister
      spec:
        restartPolicy: Never
        containers:
          - name: app
            image: busybox:1.28
            command: ["sh", "-c", "env"]
            envFrom:
              - configMapRef:
                  name: settings
      """
    Then the log of container "app" of pod "lister" contains "colour-1=red"
