@C6 @needs:network-clients @needs:outside
Feature: An Ingress leads by host and path, where a Service only knows address and port
  A Service is of layer 4: it sees addresses and ports. An Ingress is of layer 7: it reads the request.

  Background:
    Given an ingress controller of the class "web"
    And outside the cluster the name "shop.example.com" resolves to "192.168.0.10"
    And outside the cluster the name "other.example.com" resolves to "192.168.0.10"
    And the manifest "shop.yaml"

  Scenario: One address, many Services
    Then a request from outside to "http://shop.example.com/" gets HTTP 200 with "shop"
    And a request from outside to "http://shop.example.com/cart/1" gets HTTP 200 with "cart"
    And a request from outside to "http://shop.example.com/cartoon" gets HTTP 200 with "shop"
    And ingress "shop" has the external address "192.168.0.10"
    And ingress "shop" has an event "Sync"

  Scenario: The Service itself does not read the request
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shop-port}
      spec: {type: NodePort, selector: {app: shop}, ports: [{port: 80, targetPort: 9376, nodePort: 30080}]}
      """
    Then a request from outside to "http://shop.example.com:30080/cart" gets HTTP 200 with "shop"
    And a request from outside to "http://other.example.com:30080/cart" gets HTTP 200 with "shop"

  Scenario: Nobody is there for another host: 404; nobody behind a rule: 503
    Then a request from outside to "http://other.example.com/" gets HTTP 404
    And a request from outside to "http://shop.example.com/old" gets HTTP 503 with "default/gone has no endpoints"
    And a request from outside to "http://shop.example.com/old/er" gets HTTP 200 with "shop"
    When pod "cart" is deleted
    Then a request from outside to "http://shop.example.com/cart" gets HTTP 503

  Scenario: A default backend answers what no rule is for
    When the manifest is applied:
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: rest}
      spec: {ingressClassName: web, defaultBackend: {service: {name: cart, port: {number: 80}}}}
      """
    Then a request from outside to "http://other.example.com/" gets HTTP 200 with "cart"

  Scenario: The certificate comes from the Secret, if it is there
    Then a request from outside to "https://shop.example.com/" gets HTTP 200 with "shop"
    And the certificate of "https://shop.example.com/" is the ingress controller's own
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: shop-tls}
      type: kubernetes.io/tls
      stringData: {tls.crt: "a certificate", tls.key: "its key"}
      """
    Then 1 second passes
    And the certificate of "https://shop.example.com/" is that of secret "shop-tls"

  Scenario: Without a controller of its class nobody follows an Ingress
    When the manifest is applied:
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: alone}
      spec:
        ingressClassName: somebody-elses
        rules: [{host: other.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]
      """
    Then a request from outside to "http://other.example.com/" gets HTTP 404

  Scenario: An Ingress that names no class gets the default one
    Given an ingress controller of the default class "usual"
    When the manifest is applied:
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: plain}
      spec:
        rules: [{host: other.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]
      """
    Then ingress "plain" has ".spec.ingressClassName" equal to "usual"
    And a request from outside to "http://other.example.com/" gets HTTP 200 with "shop"

  Scenario: A rule may lead to a name, by an ExternalName
    When the manifest is applied:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: elsewhere}
      spec: {type: ExternalName, externalName: crew.default.svc.cluster.local}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: crew}
      spec: {clusterIP: None, selector: {app: cart}, ports: [{port: 9376}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: away}
      spec:
        ingressClassName: web
        rules: [{host: other.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: elsewhere, port: {number: 9376}}}}]}}]
      """
    Then a request from outside to "http://other.example.com/" gets HTTP 200 with "cart"
