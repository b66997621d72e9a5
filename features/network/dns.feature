@C5 @needs:network-clients
Feature: Names that pods resolve
  A pod asks the cluster's name server. Its search list makes short names whole: the pod's own namespace comes first.

  Background:
    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, namespace: default}
      spec: {containers: [{name: c, image: "nginx:1.14"}]}
      """
    And pod "a" shows "Running"

  Scenario: A Service has its cluster address, under each of its names
    When the service "web" is created
    Then name "web" resolves to the address of service "web" in pod "a"
    And name "web.default" resolves to the address of service "web" in pod "a"
    And name "web.default.svc" resolves to the address of service "web" in pod "a"
    And name "web.default.svc.cluster.local" resolves to the address of service "web" in pod "a"
    And name "web.other" does not resolve in pod "a": NXDOMAIN

  Scenario: A headless Service has the addresses of its pods that are ready, and each pod a name
    When the manifest "headless-web.yaml" is applied
    And pod "web-0" shows "Running"
    Then name "crew" resolves to the address of pod "web-0" in pod "a"
    And name "web-0.crew" resolves to the address of pod "web-0" in pod "a"
    And the SRV records of "_http._tcp.crew.default.svc.cluster.local" in pod "a" are:
      | SRV 0 100 80 web-0.crew.default.svc.cluster.local |
    When pod "web-0" is deleted
    And pod "web-0" does not exist
    Then name "web-0.crew" does not resolve in pod "a": NXDOMAIN

  @needs:outside
  Scenario: Names outside come from other name servers
    Given outside the cluster the name "example.com" resolves to "192.0.2.1, 192.0.2.2"
    And outside the cluster the name "www.example.com" resolves to "example.com"
    Then name "www.example.com" resolves to "192.0.2.1, 192.0.2.2" in pod "a"
    And name "example.org" does not resolve in pod "a": NXDOMAIN
    When the name servers outside the cluster do not answer
    Then name "example.com" does not resolve in pod "a": SERVFAIL

  @needs:outside
  Scenario: An ExternalName stands for a name outside
    Given outside the cluster the name "db.example.com" resolves to "192.0.2.9"
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: db}
      spec: {type: ExternalName, externalName: db.example.com}
      """
    Then name "db" resolves to "192.0.2.9" in pod "a"
    And the CNAME records of "db.default.svc.cluster.local" in pod "a" are:
      | CNAME db.example.com |

  Scenario: An address has a name, too
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {clusterIP: 10.96.3.4, ports: [{port: 80}]}
      """
    Then the PTR records of "4.3.96.10.in-addr.arpa" in pod "a" are:
      | PTR web.default.svc.cluster.local |

  @needs:outside
  Scenario Outline: The policy says whom a pod asks, and for what
    Given outside the cluster the name "web" resolves to "192.0.2.7"
    And the manifest "dns-policy.yaml" with the values:
      | POLICY | <policy> |
      | HOST   | <host>   |
    And pod "asker" shows "Running"
    Then name "web" resolves to "<found>" in pod "asker"

    Examples:
      | policy                  | host  | found     |
      | ClusterFirst            | false | 10.96.3.4 |
      | ClusterFirst            | true  | 192.0.2.7 |
      | ClusterFirstWithHostNet | true  | 10.96.3.4 |
      | Default                 | false | 192.0.2.7 |

  Scenario: A pod that may not ask anybody hears nothing
    Given the manifest:
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: silent}
      spec: {podSelector: {}, policyTypes: [Egress]}
      """
    When the service "web" is created
    Then name "web" does not resolve in pod "a": SILENT
