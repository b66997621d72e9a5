@A8
Feature: A pod may have a name in DNS and a resolver of its own

  Background:
    Given the manifest "names-of-pods.yaml"
    Then pod "first" shows "Running"
    And pod "second" shows "Running"

  @needs:default-namespace
  Scenario: A hostname below a subdomain, as a full name, and aliases
    Then the log of container "app" of pod "first" is:
      """
      one.crew.default.svc.cluster.local
      one.crew.default.svc.cluster.local	one

      # Entries added by HostAliases.
      db	db.local
      """

  @needs:default-namespace
  Scenario: A resolver of its own finds the other below its Service
    Then the log of pod "second" contains "search crew.default.svc.cluster.local example.org"
    And the log of pod "second" contains "nameserver 1.1.1.1"
    And the log of pod "second" contains "options ndots:2 edns0"
    And the log of pod "second" contains "can't connect to remote host"
