"""What `iptables-save` and `iptables -L -n -v` print.

Source: iptables iptables/iptables-save.c, do_output; iptables/iptables.c, print_header, print_firewall.
"""

from collections.abc import Iterator

from podproof.simulator.network.iptables.chains import Chain
from podproof.simulator.network.iptables.tables import TABLES, Tables
from podproof.simulator.network.iptables.targets import Jump

_COLUMNS = (
    f"{'pkts':>5} {'bytes':>5} {'target':<9}  prot opt {'in':<6} {'out':<6}  {'source':<19}  {'destination':<19} "
)
_THOUSAND = 1000
_MOST_PLAIN = 99_999


def saved(tables: Tables, table: str = "", counters: bool = False) -> str:
    """Return the rules as iptables-save prints them, of one table or of all; `counters` is its option -c."""
    return "\n".join(line for name in TABLES if table in ("", name) for line in _table(tables, name, counters))


def _table(tables: Tables, name: str, counters: bool) -> Iterator[str]:
    yield f"*{name}"
    for chain in _ordered(tables, name):
        yield f":{chain.name} {chain.policy or '-'} [{chain.packets}:{chain.bytes}]"
    for chain in _ordered(tables, name):
        for entry in chain.entries:
            counted = f"[{entry.packets}:{entry.bytes}] " * counters
            yield f"{counted}-A {chain.name} {entry.rule.saved}"
    yield "COMMIT"


def listed(tables: Tables, table: str = "filter", only: str = "", numbers: bool = False) -> str:
    """Return a table (or `only` one of its chains) as `iptables -t table -L -n -v` prints it.

    Raises:
        KeyError: there is no such chain.
    """
    chains = [tables.tables[table][only]] if only else _ordered(tables, table)
    return "\n\n".join("\n".join(_listing(tables, table, chain, numbers)) for chain in chains)


def _listing(tables: Tables, table: str, chain: Chain, numbers: bool) -> Iterator[str]:
    if chain.policy:
        told = f"policy {chain.policy} {_amount(chain.packets).strip()} packets, {_amount(chain.bytes).strip()} bytes"
    else:
        told = f"{_references(tables, table, chain.name)} references"
    yield f"Chain {chain.name} ({told})"
    yield (f"{'num':<4} " if numbers else "") + _COLUMNS
    for number, entry in enumerate(chain.entries, 1):
        place = f"{number:<4} " if numbers else ""
        yield f"{place}{_amount(entry.packets)} {_amount(entry.bytes)} {entry.rule.listed}"


def _ordered(tables: Tables, name: str) -> list[Chain]:
    """Return the built-in chains, then those of users by name."""
    chains = tables.tables[name]
    return [chains[each] for each in TABLES[name]] + [chains[each] for each in sorted(set(chains) - set(TABLES[name]))]


def _references(tables: Tables, table: str, name: str) -> int:
    rules = (rule for chain in tables.tables[table].values() for rule in chain.rules)
    return sum(isinstance(rule.target, Jump) and rule.target.chain == name for rule in rules)


def _amount(number: int) -> str:
    """Source: iptables libxtables/xtables.c, xtables_print_num."""
    if number <= _MOST_PLAIN:
        return f"{number:>5}"
    for unit in "KMGT":
        number = (number + _THOUSAND // 2) // _THOUSAND
        if number <= 9999 or unit == "T":
            break
    return f"{number:>4}{unit}"
