@D4 @D5 @needs:informers
Feature: An informer whose watch breaks, lags or loses events
  The watch is opened again where it ended, so that nothing is lost. Where the server reaches back no further it answers
  410 Gone; then the list is read anew, replaces what was known, and who is not in it is gone.

  Background:
    Given the manifest "three-webs.yaml"
    Then deployment "web" has 3 pods showing "Running"
    And 1 second passes
    Given a look into the informers

  Scenario: A watch that breaks goes on where it ended
    When the informer of "pods" loses its watch
    And one pod of deployment "web" is deleted
    Then the informers do, in order:
      | part | stage     | what                      |
      | pods | Reflector | watch ended at            |
      | pods | Reflector | watch: connection refused |
    And the stage "handler" of "pods" does nothing for 10 seconds
    And deployment "web" has 2 pods showing "Running"
    When the informer of "pods" has its watch back
    Then the informers do within 1 minute, in order:
      | part                  | stage      | what                  |
      | pods                  | Reflector  | watch from            |
      | pods                  | Reflector  | MODIFIED default/web- |
      | pods                  | handler    | ReplicaSetController  |
      | replicaset-controller | work queue | default/web-          |
      | replicaset-controller | rule       | Create                |
    And deployment "web" has 3 pods showing "Running"

  Scenario: 410 Gone: the list is read anew, and who is not in it is gone
    Given the configmap "old" is created
    And the configmap "settings" is created
    And 1 second passes
    When the informer of "configmaps" loses its watch
    And the configmap "old" is deleted
    And the configmap "settings" is changed to:
      | colour | red |
    And the configmap "new" is created
    And the API server forgets its past versions
    And the informer of "configmaps" has its watch back
    Then the informers do within 1 minute, in order:
      | part       | stage     | what                        |
      | configmaps | Reflector | watch: 410 Expired          |
      | configmaps | Reflector | list: 6 at                  |
      | configmaps | DeltaFIFO | default/new: Replaced       |
      | configmaps | handler   | OnAdd default/new           |
      | configmaps | DeltaFIFO | default/settings: Replaced  |
      | configmaps | handler   | OnUpdate default/settings   |
      | configmaps | DeltaFIFO | default/old: Deleted        |
      | configmaps | Indexer   | delete default/old          |
      | configmaps | handler   | OnDelete default/old        |

  Scenario: A bookmark spares the list: only other things changed since
    When 10 seconds pass
    And the API server sends a bookmark
    Then the informers do, in order:
      | part | stage     | what     |
      | pods | Reflector | BOOKMARK |
    And the stage "DeltaFIFO" of "pods" does nothing for 1 second

  Scenario: A pod that went unseen is missed as soon as the list is read
    When the informer of "pods" loses its watch
    And one pod of deployment "web" is deleted by force
    And the API server forgets its past versions
    Then the stage "Indexer" of "pods" does nothing for 5 seconds
    When the informer of "pods" has its watch back
    Then the informers do within 1 minute, in order:
      | part                  | stage      | what                  |
      | pods                  | Reflector  | list: 2 at            |
      | pods                  | Indexer    | delete default/web-   |
      | replicaset-controller | work queue | default/web-          |
      | replicaset-controller | rule       | Create                |
    And deployment "web" has 3 pods showing "Running"

  Scenario: An event that is missed is missing until the next list
    When the informer of "configmaps" misses the next 2 events
    And the configmap "settings" is created
    And the configmap "settings" is changed to:
      | colour | red |
    Then the stage "Indexer" of "configmaps" does nothing for 1 minute
    When the informer of "configmaps" loses its watch
    And the configmap "others" is created
    And the API server forgets its past versions
    And the informer of "configmaps" has its watch back
    Then the informers do within 1 minute, in order:
      | part       | stage     | what                 |
      | configmaps | Reflector | list: 6 at           |
      | configmaps | Indexer   | add default/others   |
      | configmaps | Indexer   | add default/settings |

  Scenario: An event that is missed is made up for by the next one of its object
    When the informer of "configmaps" misses the next event
    And the configmap "settings" is created
    And 1 second passes
    And the configmap "settings" is changed to:
      | colour | red |
    Then the informers do, in order:
      | part       | stage     | what                        |
      | configmaps | Reflector | MODIFIED default/settings   |
      | configmaps | DeltaFIFO | default/settings: Updated   |
      | configmaps | handler   | OnAdd default/settings      |

  Scenario: A resync brings every object to the handlers again, though nothing has changed
    When the informer of "pods" resyncs
    Then the informers do, in order:
      | part                  | stage      | what                   |
      | pods                  | Reflector  | resync                 |
      | pods                  | DeltaFIFO  | Sync                   |
      | pods                  | Indexer    | update default/web-    |
      | pods                  | handler    | OnUpdate default/web-  |
      | replicaset-controller | work queue | default/web-           |
      | replicaset-controller | rule       | nothing to do          |
    And deployment "web" has 3 pods showing "Running"

  Scenario: A controller whose view is old does no harm: its write is refused, and it looks again
    When the watch of the informer of "replicasets" lags by 3 seconds
    And deployment "web" is scaled to 5
    And one pod of deployment "web" is deleted
    Then the informers do within 1 minute, in order:
      | part                  | stage | what                |
      | replicaset-controller | rule  | 409 Conflict, again |
    When the informer of "replicasets" has its watch back
    Then deployment "web" has 5 pods showing "Running" within 1 minute

  Scenario: A controller that does not see the pods it has asked for makes no more of them
    When the watch of the informer of "pods" lags by 20 seconds
    And deployment "web" is scaled to 5
    Then deployment "web" has 5 pods showing "Running"
    And the stage "rule" of "replicaset-controller" does nothing for 10 seconds
    And deployment "web" never had more than 5 pods
