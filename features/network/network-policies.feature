@C7 @needs:other-namespaces @needs:network-clients
Feature: NetworkPolicies say who may begin a connection to whom
  Without a policy everything may pass. A pod that some policy selects is isolated in that policy's directions: only what
  a rule of any such policy allows may pass, and what is denied is dropped, so that it times out and is not refused.

  Background:
    Given the manifest "tiers.yaml"
    Then pod "web" shows "Running"
    And pod "client" shows "Running"
    And pod "elsewhere/stranger" shows "Running"

  Scenario: Without a policy everybody reaches everybody
    Then pod "client" can reach pod "web" on port 80
    And pod "elsewhere/stranger" can reach pod "web" on port 80
    And pod "client" cannot reach pod "web" on port 81: "Connection refused"

  Scenario: A pod that nothing may reach does not answer, and reaches others all the same
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Ingress |
    Then pod "client" cannot reach pod "web" on port 80: "Connection timed out"
    And pod "client" cannot reach pod "web" on port 81: "Connection timed out"
    And pod "elsewhere/stranger" cannot reach pod "web" on port 80: "Connection timed out"
    And pod "client" can reach pod "elsewhere/stranger" on port 80

  Scenario: A pod that may reach nothing is reached all the same
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Egress |
    Then pod "client" cannot reach pod "elsewhere/stranger" on port 80: "Connection timed out"
    And pod "elsewhere/stranger" can reach pod "client" on port 80

  Scenario Outline: A rule for <what>
    When the manifest "web-allows.yaml" is applied with the values:
      | RULE | <rule> |
    Then pod "client" <client> reach pod "web" on port 80
    And pod "elsewhere/stranger" <stranger> reach pod "web" on port 80

    Examples:
      | what                                     | rule                                                                                                                  | client | stranger |
      | everybody                                | {}                                                                                                                    | can    | can      |
      | pods, which are those of its namespace   | {from: [{podSelector: {matchLabels: {app: client}}}]}                                                                 | can    | cannot   |
      | a namespace, which is all of its pods    | {from: [{namespaceSelector: {matchLabels: {team: other}}}]}                                                           | cannot | can      |
      | pods of a namespace                      | {from: [{namespaceSelector: {matchLabels: {team: other}}, podSelector: {matchLabels: {app: db}}}]}                    | cannot | cannot   |
      | pods or a namespace                      | {from: [{namespaceSelector: {matchLabels: {team: other}}}, {podSelector: {matchLabels: {app: client}}}]}              | can    | can      |
      | the addresses of the pods' range         | {from: [{ipBlock: {cidr: 10.244.0.0/16}}]}                                                                            | can    | can      |
      | a range that leaves those of a node out  | {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.244.0.0/24]}}]}                                                      | cannot | cannot   |
      | the name of the port                     | {ports: [{port: http}]}                                                                                               | can    | can      |
      | another port                             | {ports: [{port: 443}]}                                                                                                | cannot | cannot   |
      | a range of ports                         | {ports: [{port: 79, endPort: 90}]}                                                                                    | can    | can      |
      | another protocol                         | {ports: [{port: 80, protocol: UDP}]}                                                                                  | cannot | cannot   |

  Scenario: Policies add up, and what one allows no other takes away
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Ingress |
    And the manifest "web-allows.yaml" is applied with the values:
      | RULE | {from: [{podSelector: {matchLabels: {app: client}}}]} |
    Then pod "client" can reach pod "web" on port 80
    And pod "web" cannot reach pod "client" on port 80: "Connection timed out"

  Scenario: An answer needs no rule: the way back of what may begin is open
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Egress |
    And the manifest "client-allows.yaml" is applied with the values:
      | RULE | {to: [{podSelector: {matchLabels: {app: web}}}]} |
    Then pod "client" can reach pod "web" on port 80
    And pod "web" cannot reach pod "client" on port 80: "Connection timed out"

  Scenario: A policy sees the pod behind a Service, not the Service's address
    When the manifest "client-allows.yaml" is applied with the values:
      | RULE | {to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]} |
    Then pod "client" can reach service "web" on port 8000

  Scenario: The policy of a pod follows its labels
    Given the manifest "web-allows.yaml" with the values:
      | RULE | {from: [{podSelector: {matchLabels: {app: client}}}]} |
    Then pod "client" can reach pod "web" on port 80
    When the manifest is applied:
      """yaml
      apiVersion: v1
      kind: Pod
      metadata:
        name: client
        labels: {app: other}
      spec:
        containers:
        - {name: nginx, image: "nginx:1.14", ports: [{name: http, containerPort: 80}]}
      """
    Then pod "client" cannot reach pod "web" on port 80: "Connection timed out"

  Scenario: What a policy denied is open again when it goes
    Given the manifest "isolated.yaml" with the values:
      | DIRECTION | Ingress |
    Then pod "client" cannot reach pod "web" on port 80: "Connection timed out"
    When the networkpolicy "isolated" is deleted
    Then pod "client" can reach pod "web" on port 80

  Scenario: The node of a pod reaches it whatever the policies say, so that its probes go on
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Ingress |
    Then pod "web" answers on port 80

  @needs:packet-paths
  Scenario: The path of a packet ends where a policy drops it
    Given the manifest "isolated.yaml" with the values:
      | DIRECTION | Ingress |
    Then pod "client" cannot reach pod "web" on port 80: "Connection timed out"
    And the packet from pod "client" to pod "web" is dropped at "node1" by "NetworkPolicy default/isolated isolates the pod it goes to"

  Scenario: A pod that may reach nothing cannot ask for names either
    Given the manifest "asker.yaml" with the values:
      | IMAGE  | busybox:1.36                                                                             |
      | SCRIPT | while true; do nslookup web.default.svc.cluster.local && echo found; wget -T 3 -qO- web:8000 \|\| echo failed; sleep 5; done |
    Then the log of pod "asker" contains "found"
    When the manifest "isolated.yaml" is applied with the values:
      | DIRECTION | Egress |
    Then the log of pod "asker" contains ";; connection timed out; no servers could be reached"
    And the log of pod "asker" contains "wget: bad address 'web'"

  Scenario: A rule for the cluster's DNS lets it ask again
    Given the manifest "isolated.yaml" with the values:
      | DIRECTION | Egress |
    And the manifest:
      """yaml
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: names
      spec:
        podSelector: {}
        policyTypes: [Egress]
        egress:
        - to:
          - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
            podSelector: {matchLabels: {k8s-app: kube-dns}}
          ports: [{port: 53, protocol: UDP}]
      """
    And the manifest "asker.yaml" with the values:
      | IMAGE  | busybox:1.36                                                    |
      | SCRIPT | while true; do nslookup web.default.svc.cluster.local && echo found; sleep 5; done |
    Then the log of pod "asker" contains "found"
