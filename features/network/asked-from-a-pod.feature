@C5
Feature: What a pod finds on the network, on any cluster
  A real cluster is asked by a container that joins the pod.

  Scenario: Its names, its Services, and who is not there
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {app: web}}
      spec: {containers: [{name: nginx, image: "nginx:1.14"}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {selector: {app: web}, ports: [{port: 8000, targetPort: 80}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: asker}
      spec: {containers: [{name: c, image: "busybox:1.28", command: [sleep, "3600"]}]}
      """
    And pod "web" shows "Running"
    And pod "asker" shows "Running"
    Then name "web" resolves to the address of service "web" in pod "asker"
    And name "nobody" does not resolve in pod "asker"
    And a request from pod "asker" to "http://web:8000" gets HTTP 200 with "Welcome to nginx!"
    And a request from pod "asker" to "http://web:8000/nothing" gets HTTP 404
    When the service "empty" is created
    Then a request from pod "asker" to "http://empty" fails with "Connection refused"
