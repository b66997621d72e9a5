@D2
Feature: Rules of a definition that fields alone cannot say
  They are written in CEL; a rule that looks at the old value is asked of changes.

  Background:
    Given Python has the package "cel_expr_python"
    And the manifest:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: fleets.sea.example.com
      spec:
        group: sea.example.com
        scope: Namespaced
        names: {plural: fleets, kind: Fleet}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [min, max]
                    properties:
                      min: {type: integer}
                      max: {type: integer}
                      port: {type: string}
                    x-kubernetes-validations:
                      - {rule: "self.min <= self.max", message: "min must not be above max", fieldPath: ".min"}
                      - {rule: "self.max >= oldSelf.max", message: "a fleet does not shrink"}
                      - {rule: "!has(oldSelf.port) || self.port == oldSelf.port", messageExpression: "'it stays in ' + oldSelf.port"}
      """
    And condition "Established" of CustomResourceDefinition "fleets.sea.example.com" is "True" within 2 seconds
    And the manifest:
      """
      {apiVersion: sea.example.com/v1, kind: Fleet, metadata: {name: white}, spec: {min: 1, max: 5, port: Kiel}}
      """

  Scenario Outline: A change that breaks a rule
    When the manifest is applied:
      """
      {apiVersion: sea.example.com/v1, kind: Fleet, metadata: {name: white}, spec: <spec>}
      """
    Then it is refused with "<message>"

    Examples:
      | spec                          | message                                              |
      | {min: 7, max: 5, port: Kiel}  | spec.min: Invalid value: min must not be above max   |
      | {min: 1, max: 4, port: Kiel}  | spec: Invalid value: a fleet does not shrink         |
      | {min: 1, max: 5, port: Danzig} | spec: Invalid value: it stays in Kiel               |

  Scenario: A change that keeps them
    When the manifest is applied:
      """
      {apiVersion: sea.example.com/v1, kind: Fleet, metadata: {name: white}, spec: {min: 2, max: 9, port: Kiel}}
      """
    Then Fleet "white" has ".spec.max" equal to "9"

  Scenario: A rule about a field that there is not
    When the manifest is applied:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: boats.sea.example.com
      spec:
        group: sea.example.com
        scope: Namespaced
        names: {plural: boats, kind: Boat}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties: {spec: {type: object, properties: {name: {type: string}}}}
                x-kubernetes-validations: [{rule: "self.spec.captain != ''"}]
      """
    Then it is refused with "undefined field 'captain'"
