"""A failure of a Chinese feature is told in Chinese, but for names, kubectl's tables and the API's own words."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from podproof.report.failure import heart

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

RED = {
    "限时": 'Pod "web" 在 5 秒内显示 "Error"',
    "不存在的": 'Pod "wob" 显示 "Running"',
    "保持": 'Pod "web" 保持 "Running" 10 分钟',
    "直到": 'Pod "web" 保持 "Running" 直到服务 "db" 存在',
    "从未": 'Pod "web" 从未显示 "Pending"',
    "重启": 'Pod "web" 在 1 分钟内恰好重启了 1 次',
    "字段": 'Pod "web" 的 ".status.phase" 等于 "Failed"',
    "没有字段": 'Pod "web" 的 ".spec.florps" 等于 "1"',
    "状况": 'Pod "web" 的状况 "Ready" 在 1 秒内为 "Unknown"',
    "日志": 'Pod "web" 的容器 "web" 的日志包含 "SUCCESS"',
    "退出码": 'Pod "web" 的容器 "web" 以退出码 3 退出',
    "事件": 'Pod "web" 有事件 "Killing"',
    "没有事件": 'Pod "web" 显示 "Running"\n    并且 Pod "web" 没有事件 "Scheduled"',
    "删除": 'Pod "web" 不存在',
    "路径": 'Pod "web" 的 "status.phase" 等于 "Failed"',
    "端口": 'Pod "web" 在端口 81 上应答',
    "被拒绝": '被拒绝, 理由是 "no"',
    "端点": '服务 "db" 没有端点',
    "写错": 'Pod "web" 在 1 秒内显示 "Runing"',
    "节点": '节点 "node1" 有污点 "a=b:NoSchedule"',
}
BACKGROUND = """
  背景:
    假如清单:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: web, image: "nginx:1.14"}]}
      \"\"\"
"""
STAYS = re.compile(
    r"\"[^\"]*\"|'[^']*'|[.\w]*\.[.\w]+|\b(?:web|wob|s|Pod|API|phase|STATUS|kubectl|RESTARTS|node1|db)\b"
)
"""What is no English of ours: what stands in quotes, paths, names and Kubernetes' own words."""


def test_every_kind_of_failure_is_told_in_chinese(feature: Feature, run: Run) -> None:
    scenarios = "".join(f"  场景: {name}\n    那么 {step}\n" for name, step in RED.items())
    feature(f"# language: zh-CN\n功能: 错了\n{BACKGROUND}{scenarios}")

    told = run("--tb=short").stdout.str()

    found = {name: told.partition(f"_ {name} _")[2].partition("\n____")[0].partition("\n")[2] for name in RED}
    hearts = {name: heart(text) for name, text in found.items()}
    left = {name: re.findall(r"[A-Za-z]{2,}", STAYS.sub("", str(lines))) for name, lines in hearts.items()}
    assert {name for name, lines in hearts.items() if not lines} == {"路径"}
    assert {name: words for name, words in left.items() if words} == {}
    assert "走不通" in found["路径"]


def test_the_summary_is_chinese_too(feature: Feature, run: Run) -> None:
    feature(f'# language: zh-CN\n功能: 错了\n{BACKGROUND}  场景: 甲\n    那么 Pod "web" 在 5 秒内显示 "Error"\n')

    run().stdout.fnmatch_lines(['FAILED *::甲 - Pod "web" 在 5 秒内显示 "Error": 不成立*'])


def test_what_is_wrong_with_a_file_is_told_in_chinese(feature: Feature, run: Run) -> None:
    feature("""
        # language: zh-CN
        功能: 错了
          场景: 甲
            那么 Pod "web" 显式 "Running"
          场景: 甲
            假如经过 1 秒
          场景大纲: 乙
            假如经过 <n> 秒
            例子:
              | m |
              | 1 |
          场景: 丙
            假如清单:
        """)

    told = run().stdout.str()

    lines = [line for line in told.splitlines() if "features/it.feature" in line or line.startswith("    ")]
    assert "features/it.feature: 4 处错误, 所以其中的场景都没有运行" in lines
    assert [line for line in lines if line.startswith("features/it.feature:") and line[20].isdigit()] == [
        "features/it.feature:4: 没有定义与这一行相符",
        "features/it.feature:5: 场景 '甲' 已经写在第 3 行",
        "features/it.feature:8: 没有内容可以填入 <n>; 例子的列有: m",
        "features/it.feature:13: 这个步骤下面需要一个文本块",
    ]
    assert "    是不是:" in lines
