# language: zh-CN
@B2 @needs:node-failure
功能: 本地卷把 Pod 带到有磁盘的节点
  延迟绑定时, 调度器同时选择卷和节点。

  背景:
    假如有节点:
      | name  | cpu | disks          |
      | node1 | 4   |                |
      | node2 | 4   | /mnt/disks/ssd |
    而且清单 "local-volume.yaml" 取值如下:
      | NAME | on-node2       |
      | NODE | node2          |
      | DISK | /mnt/disks/ssd |
    而且清单 "local-class.yaml" 取值如下:
      | MODE | WaitForFirstConsumer |
    而且清单 "claim.yaml" 取值如下:
      | NAME  | data  |
      | CLASS | local |
      | SIZE  | 5Gi   |
    而且清单 "writer.yaml" 取值如下:
      | NAME  | writer |
      | CLAIM | data   |

  场景: 绑定等到 Pod 被调度, 而 Pod 去往有磁盘的节点
    那么Pod "writer" 显示 "Running"
    而且调度器对 Pod "writer" 的决定:
      | node  | filter                                             | chosen |
      | node1 | node(s) didn't match PersistentVolume's node affinity | no     |
      | node2 | passes                                             | yes    |

  场景: 节点停止调度时 Pod 等待, 恢复调度后运行
    那么Pod "writer" 显示 "Running"
    当节点 "node2" 停止调度
    而且Pod "writer" 被删除
    而且经过 10 秒
    而且应用清单 "writer.yaml" 取值如下:
      | NAME  | again |
      | CLAIM | data  |
    那么Pod "again" 在 1 分钟 内有事件 "FailedScheduling"
    当节点 "node2" 恢复调度
    那么Pod "again" 显示 "Running"
