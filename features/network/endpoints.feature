@C5 @needs:network-clients
Feature: Who is behind a Service follows readiness and deletion
  A pod is asked while it is ready. One that is being deleted is asked no more, unless nobody else is there.

  Background:
    Given the manifest "slow-to-leave.yaml"
    And the manifest:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {selector: {app: web}, clusterIP: 10.96.7.7, ports: [{port: 80, targetPort: 8080}]}
      """
    And pod "first" shows "Running"
    And pod "second" shows "Running"

  Scenario: A pod that is not ready is not asked
    Then requests to service "web" from node "node1" spread over its 2 pods
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: early}
      spec: {selector: {app: late}, clusterIP: 10.96.7.8, publishNotReadyAddresses: true, ports: [{port: 80, targetPort: 8080}]}
      """
    And the manifest is applied:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: late, labels: {app: late}}
      spec:
        containers:
        - name: server
          image: registry.k8s.io/e2e-test-images/agnhost:2.47
          args: [netexec]
          readinessProbe: {httpGet: {path: /nothing, port: 8081}}
      """
    Then condition "Ready" of pod "late" is "False"
    And a request from node "node1" to "http://10.96.7.8/hostname" gets HTTP 200 with "late"

  Scenario: A pod that goes is asked no more, while another is there
    When pod "first" is deleted
    Then pod "first" shows "Terminating"
    And 1 second passes
    And requests to service "web" from node "node1" spread over its 1 pod
    And a request from node "node1" to "http://10.96.7.7/hostname" gets HTTP 200 with "second"

  Scenario: The last ones are asked until they have gone
    When pod "first" is deleted
    And pod "second" is deleted
    And 1 second passes
    Then service "web" has no endpoints
    And a request from node "node1" to "http://10.96.7.7/hostname" gets HTTP 200
    And pod "first" does not exist
    And pod "second" does not exist
    And a request from node "node1" to "http://10.96.7.7/hostname" fails with "Connection refused"
