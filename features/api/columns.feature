@A14
Feature: What kubectl get tells of more than pods

  Background:
    Given the manifest "web.yaml"

  Scenario: A Deployment
    Then kubectl get deployments -o wide shows:
      | NAME | READY | UP-TO-DATE | AVAILABLE | CONTAINERS | IMAGES     | SELECTOR |
      | web  | 2/2   | 2          | 2         | nginx      | nginx:1.29 | app=web  |

  Scenario: A Service
    Then kubectl get services shows:
      | NAME | TYPE      | EXTERNAL-IP | PORT(S) |
      | web  | ClusterIP | <none>      | 80/TCP  |

  Scenario: A ConfigMap
    Then kubectl get configmaps shows:
      | NAME             | DATA |
      | kube-root-ca.crt | 1    |
      | settings         | 1    |

  Scenario: ServiceAccounts
    Then kubectl get serviceaccounts shows:
      | NAME    |
      | default |

  Scenario: Nodes
    Then kubectl get nodes shows:
      | NAME  | STATUS |
      | node1 | Ready  |
