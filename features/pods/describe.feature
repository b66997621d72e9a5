@A14
Feature: What kubectl describe tells of a pod

  Scenario: A pod that runs
    Given the manifest "resizable.yaml"
    Then pod "resizable" shows "Running"
    And kubectl describe pod "resizable" shows:
      """
      Name:          resizable
      Node:          node1/192.168.0.10
      Status:        Running
      Containers:
        app:
          Image:     busybox:1.28
          Command:
            sh
            -c
            sleep 3600
          State:          Running
          Ready:          True
          Restart Count:  0
          Limits:
            cpu:     200m
            memory:  64Mi
      Conditions:
        Type     Status
        Ready    True
      QoS Class:       Burstable
      Tolerations:     node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                       node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
      Events:
      """
    And kubectl get pods -o wide shows:
      | NAME      | READY | NODE  |
      | resizable | 1/1   | node1 |
