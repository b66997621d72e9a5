# language: zh-CN
@A4 @A5 @E1
功能: Init 容器让 Pod 等待所需的服务
  myapp-pod 的第一个 Init 容器反复解析 myservice, 直到有结果为止; 第二个解析 mydb。
  它们严格地一个接一个运行, STATUS 一列说明已经完成了几个。

  背景:
    假如清单 "myapp-pod.yaml"

  场景: 两个服务都存在之后 Pod 才运行, 一刻也不提前
    那么 Pod "myapp-pod" 显示 "Init:0/2"
    当经过 12 秒
    而且创建服务 "myservice", 端口 80 转到 9376
    那么 Pod "myapp-pod" 在 10 秒内显示 "Init:1/2"
    并且 Pod "myapp-pod" 保持 "Init:0/2" 直到服务 "myservice" 存在
    当经过 10 秒
    而且创建服务 "mydb", 端口 80 转到 2222
    那么 Pod "myapp-pod" 在 10 秒内显示 "Running"
    并且 Pod "myapp-pod" 保持 "Init:1/2" 直到服务 "mydb" 存在
    并且 Pod "myapp-pod" 依次经过:
      | Pending         |
      | Init:0/2        |
      | Init:1/2        |
      | PodInitializing |
      | Running         |
    并且 kubectl get pods 显示:
      | NAME      | READY | STATUS  | RESTARTS |
      | myapp-pod | 1/1   | Running | 0        |

  场景: 没有服务, 等多久都在等
    那么 Pod "myapp-pod" 显示 "Init:0/2"
    并且 Pod "myapp-pod" 保持 "Init:0/2" 10 分钟
    并且 Pod "myapp-pod" 从未显示 "Running"
    并且 Pod "myapp-pod" 重启了 0 次
    并且 Pod "myapp-pod" 的状况 "Initialized" 为 "False"

  场景: 日志说明每个 Init 容器在等什么
    那么 Pod "myapp-pod" 显示 "Init:0/2"
    当经过 5 秒
    那么 Pod "myapp-pod" 的容器 "init-myservice" 的日志包含 "waiting for myservice"
    但是读取 Pod "myapp-pod" 的容器 "init-mydb" 的日志被拒绝，理由是 "is waiting to start: PodInitializing"

  场景大纲: 失败的 Init 容器按重启策略处理
    假如清单 "<清单>"
    那么 Pod "<名称>" 显示 "<状态>"

    例子:
      | 清单                   | 名称         | 状态                  |
      | init-fails.yaml       | init-fails   | Init:CrashLoopBackOff |
      | init-fails-never.yaml | init-fails   | Init:Error            |
