@C5 @needs:network-clients @needs:outside
Feature: A Service of type LoadBalancer waits for somebody to give it an address

  Background:
    Given the manifest "web-and-client.yaml"
    And the manifest "service.yaml" with the values:
      | TYPE     | LoadBalancer |
      | EXTERNAL | Cluster      |
    And the rollout of deployment "web" is complete
    And pod "client" shows "Running"

  Scenario: Without a load balancer its address is pending
    Then kubectl get services shows:
      | NAME | TYPE         | CLUSTER-IP | EXTERNAL-IP | PORT(S)      |
      | web  | LoadBalancer | 10.96.7.7  | <pending>   | 80:30080/TCP |
    And a request from outside to "http://203.0.113.10" fails with "Connection timed out"
    And requests from outside to "http://192.168.0.10:30080" spread over the 3 pods of service "web"

  Scenario: A load balancer gives it one, and leads there from outside and inside
    Given a load balancer with the addresses "203.0.113.10"
    Then service "web" has the external address "203.0.113.10"
    And service "web" has an event "EnsuringLoadBalancer" saying "Ensuring load balancer"
    And service "web" has an event "EnsuredLoadBalancer" saying "Ensured load balancer"
    And requests from outside to "http://203.0.113.10" spread over the 3 pods of service "web"
    And a request from pod "client" to "http://203.0.113.10/hostname" gets HTTP 200 with "web-"

  Scenario: Who comes too late waits until an address is given back
    Given a load balancer with the addresses "203.0.113.10"
    And service "web" has the external address "203.0.113.10"
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: late}
      spec: {type: LoadBalancer, ports: [{port: 80}]}
      """
    Then service "late" has an event "SyncLoadBalancerFailed" saying "no address is left"
    When service "web" is deleted
    Then service "web" does not exist
    And service "late" has the external address "203.0.113.10"

  Scenario: A load balancer asks the nodes on a port of its own who has pods
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: local}
      spec:
        type: LoadBalancer
        externalTrafficPolicy: Local
        healthCheckNodePort: 31999
        selector: {app: web}
        ports: [{port: 80, targetPort: http}]
      """
    Then a request from outside to "http://192.168.0.10:31999/healthz" gets HTTP 200 with "localEndpoints\": 3"
    When deployment "web" is scaled to 0
    And deployment "web" has 0 pods within 1 minute
    Then a request from outside to "http://192.168.0.10:31999/healthz" gets HTTP 503
