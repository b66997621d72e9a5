"""Whatever small script is made up, it does what it does in this machine's own dash."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.dns import Resolver
from podproof.simulator.machine.files import Directory, FileSystem
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.nodes import devices
from podproof.simulator.machine.permissions import ROOT
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.process import Identity
from podproof.simulator.machine.shell import shell
from podproof.simulator.model.times import SECOND, Nanos

DASH = Path("/usr/bin/dash")
pytestmark = pytest.mark.skipif(not DASH.exists(), reason="no /usr/bin/dash to compare with")

CAT = 'cat() { while IFS= read -r line; do echo "$line"; done; }'
NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(0, 9).map(str)
ARITHMETIC = st.recursive(
    st.one_of(NUMBERS, NAMES.map(lambda name: f"{name}")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "<", ">=", "==", "&&", "||", "&", "|"]), inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"- {text}"),
    ),
    max_leaves=4,
)
WORDS = st.one_of(
    st.sampled_from(["x", "'q  r'", '"s  t"', "'$a'", "\\$", '""', "x*y", '"`echo k`"']),
    NAMES.map(lambda name: f"${name}"),
    NAMES.map(lambda name: f'"${name}"'),
    NAMES.map(lambda name: f"${{{name}:-none}}"),
    NAMES.map(lambda name: f'"${{{name}#?}}${{#{name}}}"'),
    ARITHMETIC.map(lambda text: f"$(({text}))"),
    NAMES.map(lambda name: f'$(echo "${name}" i)'),
)
SIMPLE = st.one_of(
    st.sampled_from(["true", "false", "(exit 3)", "! true", "! false", ":", "{ false; }", "nosuch 2>/dev/null"]),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: "echo " + " ".join(words)),
    st.tuples(NAMES, WORDS).map("=".join),
    st.tuples(NAMES, NUMBERS).map("=".join),
    st.tuples(WORDS, WORDS).map(lambda pair: f'[ "{pair[0]}" = {pair[1]} ]' if '"' not in pair[0] else "false"),
    st.lists(WORDS, max_size=2).map(lambda words: "set -- " + " ".join(words)),
    st.just('echo $# "$@"'),
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from([" && ", " || ", "; ", "\n"]), inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"{{ {pair[0]}; }} | {{ {pair[1]}; cat; }}"),
        st.tuples(inner, inner, inner).map(lambda three: "if {}; then {}; else {}; fi".format(*three)),
        st.tuples(st.lists(WORDS, max_size=3).map(" ".join), inner).map(
            lambda each: "for c in {}; do {}; done".format(*each)
        ),
        st.tuples(WORDS, inner).map(lambda pair: f"case {pair[0]} in x*) {pair[1]};; *) echo other;; esac"),
        inner.map(lambda text: f"( {text} )"),
        inner.map(lambda text: f"f() {{ {text}; }}; f 1 2; echo $?"),
    )


SCRIPTS = st.recursive(SIMPLE, _compound, max_leaves=6)


def _ours(script: str) -> tuple[int, str]:
    agenda = Agenda(Nanos(0))
    log = Log(lambda: agenda.now)
    ended: list[int] = []
    network = Network()
    root = Directory({"dev": devices()})
    processes = PidNamespace(
        agenda, Identity("p", "debian", "0.5.12", "dash", ROOT), FileSystem(root), log, network,
        network.join("10.244.0.0/24"), Resolver(("10.96.0.10",)), Chance("law"), 1 << 30,
        lambda code, oom: ended.append(code),
    )  # fmt: skip
    processes.start(shell, ("sh", "-c", script), {}, "/")
    agenda.run_until(Nanos(3600 * SECOND))
    return ended[0], log.text()


@settings(max_examples=60, deadline=None)
@given(SCRIPTS)
def test_output_and_status_are_those_of_dash(script: str) -> None:
    whole = f"{CAT}\nexec 2>/dev/null\n{script}\necho = $? $a $b $c"
    real = subprocess.run(
        ["sh", "-c", whole], executable=DASH, cwd="/", env={}, capture_output=True, text=True, timeout=20, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert _ours(whole) == (real.returncode, real.stdout)
