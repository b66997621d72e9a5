@A14
Feature: What kubectl describe tells of more than pods
  Each kind is described in kubectl's own words, together with what kubectl asks the cluster for besides.

  Background:
    Given the manifest "web.yaml"

  Scenario: A Deployment and its ReplicaSet
    Then kubectl describe deployment "web" shows within 30 seconds:
      """
      Name:                   web
      Selector:               app=web
      Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable
      StrategyType:           RollingUpdate
      RollingUpdateStrategy:  25% max unavailable, 25% max surge
      Pod Template:
        Labels:  app=web
        Containers:
         nginx:
          Image:      nginx:1.29
          Port:       80/TCP
      Conditions:
        Available      True    MinimumReplicasAvailable
      OldReplicaSets:  <none>
      """

  Scenario: A Service and the endpoints behind it
    Then kubectl describe service "web" shows within 30 seconds:
      """
      Name:              web
      Selector:          app=web
      Type:              ClusterIP
      Port:              http  80/TCP
      TargetPort:        80/TCP
      Session Affinity:  None
      Events:            <none>
      """

  Scenario: A node and the pods on it
    Then kubectl describe node "node1" shows within 30 seconds:
      """
      Name:               node1
      Taints:             <none>
      Unschedulable:      false
      Addresses:
        Hostname:    node1
      System Info:
      Non-terminated Pods:  (2 in total)
      Allocated resources:
        cpu  0 (0%)  0 (0%)
      """

  Scenario: A ConfigMap
    Then kubectl describe configmap "settings" shows:
      """
      Name:         settings
      Data
      ====
      greeting:
      ----
      hello
      """
