"""The command `iptables` on one host: its options -A, -I, -D, -N, -F, -X, -P, and its refusals."""

import shlex
from dataclasses import dataclass
from typing import Literal

from podproof.errors import NotModelledError
from podproof.simulator.network.iptables.chains import Chain
from podproof.simulator.network.iptables.reading import RuleError, rule, split
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.tables import TABLES, Tables
from podproof.simulator.network.iptables.targets import Jump, Masquerade, Target, Translate

_ACTIONS = {"-A": "append", "-I": "insert", "-D": "delete", "-N": "new", "-F": "flush", "-X": "remove", "-P": "policy"}
_NO_SUCH_TABLE = "can't initialize iptables table `{}': Table does not exist"
_NO_SUCH_CHAIN = "iptables: No chain/target/match by that name."
_PLACES = {"DNAT": ("PREROUTING", "OUTPUT"), "SNAT": ("POSTROUTING", "INPUT"), "MASQUERADE": ("POSTROUTING",)}
"""The chains of nat whose hooks a translation works at. Source: linux net/netfilter/xt_nat.c, xt_MASQUERADE.c."""
_NOT_AT = {"incoming": ("OUTPUT", "POSTROUTING"), "outgoing": ("PREROUTING", "INPUT")}


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the command: what to do with which chain of which table, and the words behind."""

    table: str
    action: str
    chain: str
    rest: str


def run(tables: Tables, line: str) -> None:
    """Do what a line says, as `iptables -t nat -A PREROUTING …`.

    Raises:
        RuleError: iptables refuses it; nothing has changed.
        NotModelledError: it asks for what is not modelled.
    """
    command = parsed(line)
    chains = tables.tables[command.table]
    if command.action == "new":
        if command.chain in chains:
            raise RuleError(line, ("iptables: Chain already exists.",))
        tables.chain(command.table, command.chain)
        return
    chain = chains.get(command.chain)
    if chain is None:
        raise RuleError(line, (_NO_SUCH_CHAIN,))
    match command.action:
        case "policy":
            _set_policy(chain, command.rest, line)
        case "flush":
            chain.replace(())
        case "remove":
            _remove(tables, command, line)
        case _:
            _change(tables, chain, command, line)


def listing(line: str) -> tuple[str, str] | None:
    """Return the table and chain ("": all) a line asks to list, as `iptables -t nat -L KUBE-SERVICES -n -v`; else None.

    Raises as `run` does.
    """
    words = [word for word in split(line) if word not in ("-n", "-v", "-nv", "-vn")]
    joined = ["-L" if word in ("-nvL", "-vnL", "-nL", "-vL", "-Lnv", "-Lvn", "-Ln", "-Lv") else word for word in words]
    if "-L" not in joined:
        return None
    place = joined.index("-L")
    table = joined[joined.index("-t") + 1] if "-t" in joined[:-1] else "filter"
    if table not in TABLES:
        raise RuleError(line, (_NO_SUCH_TABLE.format(table),))
    return table, joined[place + 1] if joined[place + 1 :] and not joined[place + 1].startswith("-") else ""


def parsed(line: str) -> Command:
    """Return what a line asks for. Raises as `run` does."""
    words = split(line)
    if words[:1] == ["iptables"]:
        words = words[1:]
    table = "filter"
    if words[:1] in (["-t"], ["--table"]) and len(words) > 1:
        table, words = words[1], words[2:]
    if table not in TABLES:
        raise RuleError(line, (_NO_SUCH_TABLE.format(table),))
    if not words or words[0] not in _ACTIONS:
        raise NotModelledError(f"the command {' '.join(words[:1]) or 'without an action'} of iptables", line)
    if len(words) < 2:
        raise RuleError(line, (f'option "{words[0]}" requires an argument',))
    return Command(table, _ACTIONS[words[0]], words[1], shlex.join(words[2:]))


def _set_policy(chain: Chain, policy: str, line: str) -> None:
    if not chain.policy or policy not in ("ACCEPT", "DROP"):
        raise RuleError(line, ("iptables: Bad policy name. Run `dmesg' for more information.",))
    chain.policy = policy


def _remove(tables: Tables, command: Command, line: str) -> None:
    chains = tables.tables[command.table]
    rules = (each for chain in chains.values() for each in chain.rules)
    if chains[command.chain].policy or any(_jumps(each, command.chain) for each in rules):
        raise RuleError(line, ("iptables: Too many links.",))
    if chains[command.chain].entries:
        raise RuleError(line, ("iptables: Directory not empty.",))
    tables.remove(command.table, command.chain)


def _change(tables: Tables, chain: Chain, command: Command, line: str) -> None:
    place, text = _placed(command)
    if command.action == "delete" and place:
        _at(chain, "delete", place, None, line)
        return
    made = rule(text)
    if command.action != "delete":
        faults = tuple(_faults(tables, command.table, chain.name, made))
        if faults:
            raise RuleError(line, faults)
    _at(chain, command.action, place or 1, made, line)


def _placed(command: Command) -> tuple[int, str]:
    first, _, rest = command.rest.partition(" ")
    return (int(first), rest) if command.action != "append" and first.isdigit() else (0, command.rest)


def _at(chain: Chain, action: str, place: int, made: Rule | None, line: str) -> None:
    try:
        if action == "delete":
            chain.delete(made if made is not None else place)
        elif made is not None and action == "insert":
            chain.insert(made, place)
        elif made is not None:
            chain.append(made)
    except IndexError:
        word = "deletion" if action == "delete" else "insertion"
        raise RuleError(line, (f"iptables: Index of {word} too big.",)) from None
    except LookupError:
        raise RuleError(line, ("iptables: Bad rule (does a matching rule exist in that chain?).",)) from None


def _faults(tables: Tables, table: str, chain: str, made: Rule) -> list[str]:
    """Return what iptables says against a rule in a chain."""
    faults = []
    for side, chains in _NOT_AT.items():
        if chain in chains and getattr(made, side):
            faults.append(f"Can't use -{side[0]} with {chain}")
    if isinstance(made.target, Jump) and made.target.chain not in tables.tables[table]:
        faults.append(f"Couldn't load target `{made.target.chain}':No such file or directory")
    elif isinstance(made.target, Jump) and _circles(tables, table, made.target.chain, chain):
        faults.append("iptables: Too many levels of symbolic links.")
    name = _translation(made.target)
    misplaced = chain in ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING") and name
    if name and (table != "nat" or (misplaced and chain not in _PLACES[name])):
        faults.append("iptables: Invalid argument. Run `dmesg' for more information.")
    return faults


def _translation(target: Target) -> Literal["", "DNAT", "SNAT", "MASQUERADE"]:
    if isinstance(target, Masquerade):
        return "MASQUERADE"
    if isinstance(target, Translate):
        return "DNAT" if target.kind == "DNAT" else "SNAT"
    return ""


def _circles(tables: Tables, table: str, start: str, wanted: str) -> bool:
    """Say whether jumps lead from one chain to another."""
    seen, due = set[str](), [start]
    while due:
        name = due.pop()
        if name == wanted:
            return True
        if name not in seen:
            seen.add(name)
            rules = tables.tables[table][name].rules
            due += [each.target.chain for each in rules if isinstance(each.target, Jump)]
    return False


def _jumps(each: Rule, chain: str) -> bool:
    return isinstance(each.target, Jump) and each.target.chain == chain
