@D4 @needs:informers
Feature: What each stage of an informer does
  A controller never asks the API server. Its informer lists a resource once and watches it from there; each change goes
  through the stages Reflector, DeltaFIFO, Indexer, ring and handler, which only puts a key into a work queue.

  Background:
    Given a look into the informers

  Scenario: ADDED, MODIFIED and DELETED
    Given the configmap "settings" is created
    Then the informers do, in order:
      | part       | stage     | what                        |
      | configmaps | Reflector | ADDED default/settings      |
      | configmaps | DeltaFIFO | default/settings: Added     |
      | configmaps | Indexer   | add default/settings        |
      | configmaps | ring      | default/settings:           |
      | configmaps | handler   | OnAdd default/settings:     |
    When the configmap "settings" is changed to:
      | colour | red |
    Then the informers do, in order:
      | part       | stage     | what                        |
      | configmaps | Reflector | MODIFIED default/settings   |
      | configmaps | DeltaFIFO | default/settings: Updated   |
      | configmaps | Indexer   | update default/settings     |
      | configmaps | handler   | OnUpdate default/settings:  |
    When the configmap "settings" is deleted
    Then the informers do, in order:
      | part       | stage     | what                        |
      | configmaps | Reflector | DELETED default/settings    |
      | configmaps | DeltaFIFO | default/settings: Deleted   |
      | configmaps | Indexer   | delete default/settings     |
      | configmaps | handler   | OnDelete default/settings:  |

  Scenario: Changes of one object that come together are one entry of the queue
    When the configmap "settings" is created
    And the configmap "settings" is deleted
    Then the informers do, in order:
      | part       | stage     | what                             |
      | configmaps | Reflector | ADDED default/settings           |
      | configmaps | Reflector | DELETED default/settings         |
      | configmaps | DeltaFIFO | default/settings: Added, Deleted |
      | configmaps | handler   | OnAdd default/settings           |
      | configmaps | handler   | OnDelete default/settings        |

  Scenario: A change of a pod reaches the controller of its ReplicaSet as a key
    Given the manifest "three-webs.yaml"
    Then deployment "web" has 3 pods showing "Running"
    And 1 second passes
    Given a look into the informers
    When one pod of deployment "web" is deleted
    Then the informers do, in order:
      | part                  | stage      | what                  |
      | pods                  | Reflector  | MODIFIED default/web- |
      | pods                  | DeltaFIFO  | Updated               |
      | pods                  | Indexer    | update default/web-   |
      | pods                  | handler    | ReplicaSetController  |
      | replicaset-controller | work queue | default/web-          |
      | replicaset-controller | rule       | Create                |
      | pods                  | Reflector  | ADDED default/web-    |

  Scenario: A slow handler keeps nobody: what it has not taken yet waits in its ring
    Given the handlers of the informer of "configmaps" are held up
    When the configmap "first" is created
    And the configmap "second" is created
    Then the informers do, in order:
      | part       | stage   | what                      |
      | configmaps | Indexer | add default/first         |
      | configmaps | ring    | (1 wait)                  |
      | configmaps | Indexer | add default/second        |
      | configmaps | ring    | (2 wait)                  |
    And the stage "handler" of "configmaps" does nothing for 10 seconds
    When the handlers of the informer of "configmaps" go on
    And the configmap "third" is created
    Then the informers do, in order:
      | part       | stage   | what                      |
      | configmaps | handler | OnAdd default/third:      |
