@C5 @needs:default-namespace
Feature: Tools in containers use the cluster's network
  Names, Services and refusals are what wget, curl, nc, nslookup, ping and redis-cli meet in the pod they run in.

  Background:
    Given the manifest "clients.yaml"
    And pod "web" shows "Running"
    And pod "store" shows "Running"

  Scenario Outline: <image> runs: <script>
    When the manifest "asker.yaml" is applied with the values:
      | IMAGE  | <image>  |
      | SCRIPT | <script> |
    Then the log of pod "asker" contains "<text>"

    Examples:
      | image                 | script                                                      | text                                                    |
      | busybox:1.36          | wget -qO- http://web:8000                                   | Welcome to nginx!                                       |
      | busybox:1.36          | wget -O- http://web:8001 -T 2 2>&1                          | wget: download timed out                                |
      | busybox:1.36          | nc -zv web 8000 2>&1                                        | web (10.96.5.5:8000) open                               |
      | busybox:1.36          | nslookup web.default.svc.cluster.local                      | Address: 10.96.5.5                                      |
      | busybox:1.36          | nslookup -type=srv _http._tcp.web.default.svc.cluster.local | service = 0 100 8000 web.default.svc.cluster.local      |
      | busybox:1.28          | nslookup 10.96.5.5                                          | Address 1: 10.96.5.5 web.default.svc.cluster.local      |
      | busybox:1.36          | ping -c 1 -W 1 web                                          | 100% packet loss                                        |
      | curlimages/curl:8.17.0  | curl -s -o /dev/null -w '%{http_code}' web:8000             | 200                                                     |
      | curlimages/curl:8.17.0  | curl -sS web:8001 -m 2                                      | curl: (28) Connection timed out after 2000 milliseconds |
      | curlimages/curl:8.17.0  | curl -sS nobody                                             | curl: (6) Could not resolve host: nobody                |
      | registry.k8s.io/e2e-test-images/agnhost:2.47 | /agnhost connect web:8000 && echo open       | open                                                    |
      | registry.k8s.io/e2e-test-images/agnhost:2.47 | /agnhost connect --timeout=1s web:81         | TIMEOUT                                                 |
      | registry.k8s.io/e2e-test-images/agnhost:2.47 | /agnhost connect 10.244.0.2:81               | REFUSED                                                 |
      | registry.k8s.io/e2e-test-images/agnhost:2.47 | dig +short web.default.svc.cluster.local     | 10.96.5.5                                               |
      | registry.k8s.io/e2e-test-images/agnhost:2.47 | nslookup web.default                         | Address: 10.96.5.5                                      |
      | redis:7               | redis-cli -h store ping                                     | PONG                                                    |
