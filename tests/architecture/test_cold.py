"""What a start must not cost: heavy modules are imported only where they are used."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

HEAVY = (
    "kubernetes",
    "testcontainers",
    "aiohttp",
    "pydantic",
    "rich",
    "jinja2",
    "asyncio",
    "tree_sitter",
    "podproof.simulator",
)

LOADED = """
import json, sys
{line}
print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}} | set(sys.modules))))
"""


@cache
def _loaded(line: str) -> frozenset[str]:
    """Import in a fresh interpreter; return the names of all modules it then holds."""
    run = subprocess.run([sys.executable, "-c", LOADED.format(line=line)], capture_output=True, text=True, check=True)
    return frozenset(json.loads(run.stdout.splitlines()[-1]))


def test_the_plugin_of_every_pytest_run_brings_nothing_but_pytest() -> None:
    with_plugin, bare = _loaded("import pytest, podproof.plugin"), _loaded("import pytest")

    assert sorted(name for name in with_plugin - bare if not name.startswith("podproof")) == []
    assert sorted(with_plugin & set(HEAVY)) == sorted(bare & set(HEAVY))


@pytest.mark.parametrize("name", ["kubernetes", "aiohttp", "pydantic", "rich", "jinja2", "asyncio", "tree_sitter"])
def test_the_world_is_built_without(name: str) -> None:
    assert name not in _loaded("import podproof.simulator.world as w; w.World()")
