"""Every feature file on a simulator that is served: `make live`. What the port's other side cannot do is skipped."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CONTEXT = ("--cluster", "live", "--kube-context", "podproof")


def served(arguments: Sequence[str]) -> int:
    """Serve a simulator, run pytest on it with these arguments, and return pytest's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        command = [sys.executable, "-m", "podproof", "serve", "--pace", "manual", "--kubeconfig-out", str(kubeconfig)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()  # it is ready
            try:
                return subprocess.run(
                    [sys.executable, "-m", "pytest", *arguments, *CONTEXT],
                    env={**os.environ, "KUBECONFIG": str(kubeconfig)}, check=False,
                ).returncode  # fmt: skip
            finally:
                server.terminate()


if __name__ == "__main__":
    sys.exit(served(sys.argv[1:] or ["features", "-q"]))
