"""The same scripts in our shell and in this machine's own dash: same output, same exit status."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

DASH = Path("/usr/bin/dash")
SCRIPTS = Path(__file__).with_name("agreeing_scripts.txt").read_text(encoding="utf-8").split("\n%%\n")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LC_ALL": "C"}

pytestmark = pytest.mark.skipif(not DASH.exists(), reason="no /usr/bin/dash to compare with")


def _plain(text: str, folder: str) -> str:
    """Leave out the numbers of lines and where the test runs."""
    return re.sub(r"^sh: \d+: ", "sh: ", text, flags=re.M).replace(folder, "/tmp")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.splitlines()[0][:60])
def test_a_script_does_what_dash_does(script: str, sh: Callable[..., tuple[int | None, str]], tmp_path: Path) -> None:
    real = subprocess.run(
        ["sh", "-c", "exec 2>&1\n" + script], executable=DASH, cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
        stdin=subprocess.DEVNULL, text=True, timeout=20, check=False,
    )  # fmt: skip

    status, written = sh("\n" + script, shell="dash", version="0.5.12")

    assert (status, _plain(written, "/tmp")) == (real.returncode, _plain(real.stdout, str(tmp_path)))
