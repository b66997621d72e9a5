"""iptables' reading: whatever words come, a rule is read, refused in iptables' words, or said not to be modelled."""

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.errors import NotModelledError
from podproof.simulator.network.iptables.commands import run
from podproof.simulator.network.iptables.matches import Passing
from podproof.simulator.network.iptables.reading import RuleError, rule
from podproof.simulator.network.iptables.tables import HOOKS, Tables
from podproof.simulator.network.packet import Packet

WORDS = (
    "-s", "-d", "-i", "-o", "-p", "-m", "-j", "-g", "!", "tcp", "udp", "10.0.0.0/8", "10.96.0.7", "80", "80:90",
    "eth+", "--dport", "--sport", "--dports", "--ctstate", "NEW,ESTABLISHED", "--mark", "0x4000/0x4000", "comment",
    "--comment", "a b", "conntrack", "statistic", "--mode", "random", "--probability", "0.5", "recent", "--name",
    "--set", "--rcheck", "--seconds", "--reap", "addrtype", "--dst-type", "LOCAL", "ACCEPT", "DROP", "RETURN",
    "REJECT", "--reject-with", "tcp-reset", "DNAT", "--to-destination", "10.1.0.2:8080", "SNAT", "--to-source",
    "MASQUERADE", "--random-fully", "MARK", "--set-xmark", "--or-mark", "OWN", "multiport", "LOG", "x", "-1", "",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_words_are_read_or_refused_and_what_is_read_is_written_and_read_again(words: list[str]) -> None:
    text = " ".join(f"'{word}'" if " " in word or not word else word for word in words)
    try:
        found = rule(text)
    except (RuleError, NotModelledError):
        return
    assert rule(found.saved).saved == found.saved


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=4), st.sampled_from(sorted(HOOKS)))
def test_whatever_rules_stand_there_a_packet_passes_or_not(rules: list[list[str]], hook: str) -> None:
    tables = Tables()
    run(tables, "-N OWN")
    for words in rules:
        text = " ".join(f"'{word}'" if " " in word or not word else word for word in words)
        for table in ("nat", "filter"):
            if hook in tables.tables[table]:
                try:
                    run(tables, f"-t {table} -A {hook} {text}")
                except (RuleError, NotModelledError):
                    continue

    passed = tables.pass_hook(hook, Passing(Packet("10.1.0.2", "10.96.0.7", port=80), "eth0", "cni0"))

    assert passed.verdict in ("ACCEPT", "DROP", "REJECT")
