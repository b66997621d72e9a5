# language: zh-CN
功能: 网页服务器等到找得到数据库才启动
  每一行都与集群显示过的全部内容对照, 而不是只看一眼。

  背景:
    假如清单 "web.yaml"

  场景: 没有数据库, 等多久都在等
    那么 Pod "web" 显示 "Init:0/1"
    并且 Pod "web" 保持 "Init:0/1" 10 分钟
    并且 Pod "web" 的容器 "wait-for-database" 的日志包含 "waiting for database"

  场景: 有了数据库就提供服务, 一刻也不提前
    当经过 30 秒
    并且创建服务 "database", 端口 5432
    那么 Pod "web" 在 10 秒内显示 "Running"
    并且 Pod "web" 保持 "Init:0/1" 直到服务 "database" 存在
    并且 Pod "web" 的状况 "Ready" 在 10 秒内为 "True"
    并且 Pod "web" 在端口 80 上应答 "Welcome to nginx!"
