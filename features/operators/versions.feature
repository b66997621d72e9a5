@D1 @D2
Feature: A kind in several versions
  Objects are stored in one version and shown in each that is served.

  Background:
    Given the manifest:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: parcels.post.example.com
      spec:
        group: post.example.com
        scope: Namespaced
        names: {plural: parcels, singular: parcel, kind: Parcel, shortNames: [pcl], categories: [all]}
        versions:
          - name: v1beta1
            served: true
            storage: false
            deprecated: true
            schema: &parcel
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      grams: {type: integer, minimum: 1}
                      stamps: {type: integer}
                      color: {type: string, default: brown}
          - name: v1
            served: true
            storage: true
            schema: *parcel
            additionalPrinterColumns:
              - {name: Grams, type: integer, jsonPath: .spec.grams}
              - {name: Color, type: string, jsonPath: .spec.color}
      """
    And condition "Established" of CustomResourceDefinition "parcels.post.example.com" is "True" within 2 seconds

  Scenario: One that is sent in an old version is shown in the preferred one
    Given the manifest:
      """
      apiVersion: post.example.com/v1beta1
      kind: Parcel
      metadata: {name: gift}
      spec: {grams: 400, stamps: 1}
      """
    Then Parcel "gift" has ".apiVersion" equal to "post.example.com/v1"
    And Parcel "gift" has ".spec.color" equal to "brown"
    And kubectl get Parcel shows:
      | NAME | GRAMS | COLOR |
      | gift | 400   | brown |

  Scenario: What it was stored in is remembered, and has to stay
    Then CustomResourceDefinition "parcels.post.example.com" has ".status.storedVersions[0]" equal to "v1"
    When the manifest is applied:
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: parcels.post.example.com
      spec:
        group: post.example.com
        scope: Namespaced
        names: {plural: parcels, singular: parcel, kind: Parcel}
        versions:
          - name: v1beta1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object}}
      """
    Then it is refused with "missing from spec.versions; v1 was previously a storage version"

  Scenario: A version that was never served
    When the manifest is applied:
      """
      apiVersion: post.example.com/v2
      kind: Parcel
      metadata: {name: gift}
      """
    Then it is refused with "ensure CRDs are installed first"

  Scenario Outline: One that its schema refuses, with every fault
    When the manifest is applied:
      """
      apiVersion: post.example.com/v1
      kind: Parcel
      metadata: {name: gift}
      spec: {grams: 0, stamps: many}
      """
    Then it is refused with "<fault>"

    Examples:
      | fault                                                       |
      | spec.grams in body should be greater than or equal to 1     |
      | spec.stamps in body must be of type integer                 |
