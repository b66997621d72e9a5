"""Every feature file on served simulators: `make live`. What the port's other side cannot do is skipped, and said.

One run moves a simulator's clock, so each part of the scenarios has a simulator of its own, as many as processors.
`--pace max` is the first argument where it is to be another than max.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CONTEXT = ("--cluster", "live", "--kube-context", "podproof")


def served(arguments: Sequence[str], pace: str = "max") -> subprocess.CompletedProcess[str]:
    """Serve a simulator, run pytest on it with these arguments, and return what became of that."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        command = [sys.executable, "-m", "podproof", "serve", "--pace", pace, "--kubeconfig-out", str(kubeconfig)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()  # it is ready
            try:
                return subprocess.run(
                    [sys.executable, "-m", "pytest", *arguments, *CONTEXT],
                    env={**os.environ, "KUBECONFIG": str(kubeconfig)}, check=False, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )  # fmt: skip
            finally:
                server.terminate()


def main(arguments: Sequence[str]) -> int:
    """Run all parts beside each other; return the worst of their exit statuses."""
    pace, rest = ("max", arguments) if arguments[:1] != ["--pace"] else (arguments[1], arguments[2:])
    parts = os.cpu_count() or 1
    chosen = [*(rest or ("features", "-q")), "-p", "no:cacheprovider"]
    worst = 0
    with ThreadPoolExecutor(parts) as pool:
        for done in pool.map(
            lambda part: served([*chosen, "--podproof-shard", f"{part}/{parts}"], pace), range(1, parts + 1)
        ):
            print(done.stdout, flush=True)
            worst = max(worst, done.returncode if done.returncode != 5 else 0)  # 5: a part without any scenario
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
