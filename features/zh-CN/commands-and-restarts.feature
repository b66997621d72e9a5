# language: zh-CN
@A10 @A11
功能: 命令决定容器做什么, 重启策略决定之后如何
  课程笔记中的两个 Pod: mypod 用命令替换了 nginx 自己的程序; foo 睡 30 秒, 然后以退出码 3 退出。

  场景: 命令一结束, 网页服务器就"完成"了, 一次又一次
    假如清单 "mypod.yaml"
    那么 Pod "mypod" 显示 "Completed"
    并且 Pod "mypod" 显示 "CrashLoopBackOff"
    并且 Pod "mypod" 在 5 分钟内至少重启了 4 次
    并且 Pod "mypod" 的容器 "nginx" 以退出码 0 退出
    并且 Pod "mypod" 的容器 "nginx" 的日志包含 "SUCCESS"

  场景: 去掉命令就好了
    假如清单 "mypod.yaml"
    那么 Pod "mypod" 显示 "CrashLoopBackOff"
    当 Pod "mypod" 被删除
    那么 Pod "mypod" 不存在
    当应用清单 "mypod-corrected.yaml"
    那么 Pod "mypod" 显示 "Running"
    并且 Pod "mypod" 保持 "Running" 10 分钟
    并且 Pod "mypod" 在端口 80 上应答 "Welcome to nginx!"

  场景: 运行中的 Pod 只能换镜像
    假如清单 "mypod.yaml"
    当应用清单 "mypod-corrected.yaml"
    那么被拒绝, 理由是 "pod updates may not change fields other than"

  场景: 没有 -c, shell 就把脚本当作文件名
    假如清单 "mypod-script-as-file.yaml"
    那么 Pod "mypod" 显示 "Error"
    并且 Pod "mypod" 的容器 "nginx" 以退出码 2 退出
    并且 Pod "mypod" 的容器 "nginx" 的日志包含 "while true;do echo SUCCESS;done"

  场景: Always 策略下, 30 秒后出错并重启
    假如清单 "foo.yaml"
    那么 Pod "foo" 显示 "Running"
    并且 Pod "foo" 保持 "Running" 达 29 秒
    并且 Pod "foo" 在 5 秒内显示 "Error"
    并且 Pod "foo" 的容器 "busybox" 以退出码 3 退出
    并且 Pod "foo" 在 10 秒内恰好重启了 1 次

  场景: Never 策略下, 出错就停在那里
    假如清单 "foo-never.yaml"
    那么 Pod "foo" 在 40 秒内显示 "Error"
    并且 Pod "foo" 保持 "Error" 达 1 小时
    并且 Pod "foo" 重启了 0 次
