Feature: The web server starts when its database can be found
  Every line is held against all that the cluster showed, not against one look at it.

  Background:
    Given the manifest "web.yaml"

  Scenario: It waits for as long as there is no database
    Then pod "web" shows "Init:0/1"
    And pod "web" stays "Init:0/1" for 10 minutes
    And the log of container "wait-for-database" of pod "web" contains "waiting for database"

  Scenario: It serves once the database is there, and not a moment earlier
    When 30 seconds pass
    And the service "database" is created on port 5432
    Then pod "web" shows "Running" within 10 seconds
    And pod "web" stayed "Init:0/1" until service "database" existed
    And condition "Ready" of pod "web" is "True" within 10 seconds
    And pod "web" answers on port 80 with "Welcome to nginx!"
