Feature: What the API refuses, in its own words
  An object that is not what it should be is refused as a whole: nothing of it is stored.

  @A7
  Scenario Outline: A name at its limit
    Given the manifest:
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: <name>
      """
    Then it is refused with "<message>"

    Examples:
      | name | message                                      |
      | Web  | a lowercase RFC 1123 subdomain must consist  |
      | -web | a lowercase RFC 1123 subdomain must consist  |
      | a..b | a lowercase RFC 1123 subdomain must consist  |

  @A7
  Scenario: A text where a number belongs
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: foo
      spec:
        containers:
          - name: app
            image: busybox:1.28
            ports:
              - containerPort: "80"
      """
    Then it is refused with "cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32"

  @A7
  Scenario: A field that nobody knows
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: foo
      spec:
        restartpolicy: Never
        containers:
          - name: app
            image: busybox:1.28
      """
    Then it is refused with "strict decoding error: unknown field"
