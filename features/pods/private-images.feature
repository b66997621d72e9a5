@A9
Feature: A private image needs credentials: the pod's pull secrets or the node's own
  An image that was pulled with a secret is there for those who have that secret, not for everybody on the node.

  Background:
    Given the image "busybox:1.28" is private to user "ann" with password "sesame"

  Scenario: Without credentials the registry turns the node away
    Given the manifest "pulls.yaml" with the values:
      | name   | shop         |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "shop" shows "ErrImagePull"
    And pod "shop" has an event "Failed" saying "pull access denied, repository does not exist or may require authorization"

  Scenario: A pull secret that comes late heals the pod
    Given the manifest "private.yaml" with the values:
      | name | shop |
    Then pod "shop" has an event "FailedToRetrieveImagePullSecret" saying "Unable to retrieve some image pull secrets (regcred)"
    And pod "shop" shows "ImagePullBackOff"
    When the secret "regcred" is created for user "ann" with password "sesame" of the registry "https://index.docker.io/v1/"
    Then pod "shop" shows "Running" within 2 minutes
    And pod "shop" has restarted 0 times

  Scenario: The wrong password does not open it
    Given the secret "regcred" is created for user "ann" with password "guess" of the registry "https://index.docker.io/v1/"
    And the manifest "private.yaml" with the values:
      | name | shop |
    Then pod "shop" has an event "Failed" saying "401 Unauthorized"

  Scenario: The node may have credentials of its own
    Given the nodes are logged in to the registry "https://index.docker.io/v1/" as user "ann" with password "sesame"
    And the manifest "pulls.yaml" with the values:
      | name   | shop         |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "shop" shows "Running"

  Scenario: What one pod pulled with its secret is not there for a pod without it
    Given the secret "regcred" is created for user "ann" with password "sesame" of the registry "https://index.docker.io/v1/"
    And the manifest "private.yaml" with the values:
      | name | first |
    Then pod "first" shows "Running"
    When the manifest "private.yaml" is applied with the values:
      | name | second |
    Then pod "second" has an event "Pulled" saying "already present on machine"
    When the manifest "pulls.yaml" is applied with the values:
      | name   | stranger     |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "stranger" shows "ErrImagePull"

  Scenario: A service account brings its pull secrets to its pods
    Given the secret "regcred" is created for user "ann" with password "sesame" of the registry "https://index.docker.io/v1/"
    And the manifest:
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: default
      imagePullSecrets:
        - name: regcred
      """
    And the manifest "pulls.yaml" with the values:
      | name   | shop         |
      | image  | busybox:1.28 |
      | policy | IfNotPresent |
    Then pod "shop" shows "Running"
    And pod "shop" has ".spec.imagePullSecrets[0].name" equal to "regcred"
