"""The tokens of a script, taken from the leaves of a tree-sitter-bash tree.

The tree is trusted for where quotes, expansions, comments and here-documents begin and end, and for nothing more: it
accepts what a shell refuses (`fi` as a command) and joins redirections to whole lists. `grammar` reads the tokens by
the rules of POSIX.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

_ATOMS = frozenset(
    {
        "string",
        "raw_string",
        "ansi_c_string",
        "command_substitution",
        "expansion",
        "simple_expansion",
        "arithmetic_expansion",
    }
)
_OPERATOR = re.compile(r"&>>|<<<|<<-|&&|\|\||;;|<<|>>|<&|>&|<>|>\||&>|[;&|()<>\n]")
_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_CLOSINGS = {"${": b"}", "$((": b"))"}
_DELIMITER = re.compile(r"""(?:\\.|'[^']*'|"[^"]*"|[^\s;&|<>()'"\\])+""")


class HereDocument(NamedTuple):
    """What a `<<` reads: its text as written, and whether it is expanded."""

    text: str
    expanded: bool


class Token(NamedTuple):
    """One word or operator; `start` and `end` are offsets in the script's bytes."""

    text: str
    start: int
    end: int
    is_word: bool
    line: int
    heredoc: HereDocument | None = None


@dataclass(slots=True)
class Source:
    """A script with its tree: `text` as written (bytes), `masked` without the bodies of its here-documents."""

    text: bytes
    masked: bytes
    tree: "Tree"
    heredocs: dict[int, HereDocument]
    substitutions: "dict[int, Node]"

    def slice(self, start: int, end: int) -> str:
        """Return the characters between two byte offsets."""
        return self.text[start:end].decode(errors="surrogateescape")


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def read(script: str) -> Source:
    """Return a script with its tree, its here-documents taken out."""
    text = script.encode(errors="surrogateescape")
    parser = _parser()
    source = Source(text, text, parser.parse(text), {}, {})
    ends: dict[int, int] = {}
    while (operator := next(_here_operators(source.tree.root_node, source), None)) is not None:
        source.masked = _without(source, operator, ends)
        source.tree = parser.parse(source.masked)
    while source.tree.root_node.has_error and (torn := next(_torn(source.tree.root_node, source), None)) is not None:
        source.masked = torn
        source.tree = parser.parse(source.masked)
    _index(source.tree.root_node, source)
    return source


def _here_operators(node: "Node", source: Source) -> "Iterator[Node]":
    if node.child_count == 0:
        if node.type in ("<<", "<<-") and node.start_byte not in source.heredocs:
            yield node
        return
    if node.type in ("arithmetic_expansion", "binary_expression"):
        return
    for child in node.children:
        yield from _here_operators(child, source)


def _torn(node: "Node", source: Source) -> Iterator[bytes]:
    """Return masks for expansions the tree could not read: what is inside them is covered, `words` reads it later."""
    opening = node.children[0] if node.type in ("expansion", "arithmetic_expansion") and node.has_error else node
    closing = _CLOSINGS.get(opening.type)
    is_alone = opening is node and node.parent is not None and node.parent.type == "ERROR"
    if closing is not None and opening.child_count == 0 and (opening is not node or is_alone):
        end = source.masked.find(closing, opening.end_byte)
        cover = b"1" if closing == b"))" else b"x"
        inner = source.masked[opening.end_byte : end]
        if end >= 0 and inner.strip(cover):
            yield source.masked[: opening.end_byte] + cover * len(inner) + source.masked[end:]
    for child in node.children:
        yield from _torn(child, source)


def _without(source: Source, operator: "Node", ends: dict[int, int]) -> bytes:
    """Return the masked text with one more here-document turned into a plain redirection and a gap."""
    start, after = operator.start_byte, operator.end_byte
    rest = source.masked[after:].decode("latin-1")
    blank = _BLANK.match(rest)
    found = _DELIMITER.match(rest, blank.end() if blank else 0)
    if found is None:
        source.heredocs[start] = HereDocument("", expanded=False)
        return source.masked[:start] + b"<".ljust(after - start) + source.masked[after:]
    newline = source.masked.find(b"\n", after + found.end())
    newline = len(source.masked) if newline < 0 else newline
    first = ends.get(newline, newline + 1)
    word = found.group().encode("latin-1").decode(errors="surrogateescape")
    body, last = _body(source, first, re.sub(r"\\(.)|['\"]", r"\1", word), strip_tabs=operator.type == "<<-")
    ends[newline] = last + source.text.startswith(b"\n", last)
    source.heredocs[start] = HereDocument(body, expanded=not re.search(r"['\"\\]", word))
    gap = re.sub(rb"[^\n]", b" ", source.masked[first:last])
    return source.masked[:start] + b"<".ljust(after - start) + source.masked[after:first] + gap + source.masked[last:]


def _body(source: Source, first: int, delimiter: str, strip_tabs: bool) -> tuple[str, int]:
    lines: list[str] = []
    at = first
    while at < len(source.text):
        end = source.text.find(b"\n", at)
        end = len(source.text) if end < 0 else end + 1
        line = source.slice(at, end)
        line = line.lstrip("\t") if strip_tabs else line
        if line.rstrip("\n") == delimiter:
            return "".join(lines), end - line.endswith("\n")
        lines.append(line)
        at = end
    return "".join(lines), at


def _index(node: "Node", source: Source) -> None:
    if node.type in ("command_substitution", "process_substitution"):
        source.substitutions[node.start_byte] = node
    for child in node.children:
        _index(child, source)


def tokens(source: Source, nodes: "list[Node]", end: int) -> list[Token]:
    """Return the tokens under some neighbouring nodes that reach up to `end`, the last one an empty "end of file"."""
    found: list[Token] = []
    start = nodes[0].start_byte if nodes else end
    at = start
    for leaf in (leaf for node in nodes for leaf in _leaves(node)):
        found += _between(source, at, leaf.start_byte)
        found += _of_leaf(source, leaf)
        at = max(at, leaf.end_byte)
    found += _between(source, at, end)
    return [*_joined(source, found), Token("", end, end, False, _line(source.text, end))]


def _leaves(node: "Node") -> "Iterator[Node]":
    if node.type == "comment" or node.start_byte == node.end_byte:
        if node.type == "comment":
            yield node
    elif node.child_count == 0 or node.type in _ATOMS:
        yield node
    else:
        for child in node.children:
            yield from _leaves(child)


def _of_leaf(source: Source, leaf: "Node") -> list[Token]:
    if leaf.type == "comment":
        return []
    if leaf.type in _ATOMS:
        return [_token(source, leaf.start_byte, leaf.end_byte, True)]
    return list(_between(source, leaf.start_byte, leaf.end_byte))


def _between(source: Source, start: int, end: int) -> Iterator[Token]:
    """Return the tokens of a piece without quotes: operators, new lines, and what is left as words."""
    piece = source.masked[start:end].decode("latin-1")
    at = 0
    while at < len(piece):
        if (blank := _BLANK.match(piece, at)) is not None:
            at = blank.end()
        elif (operator := _OPERATOR.match(piece, at)) is not None:
            yield _token(source, start + at, start + operator.end(), False)
            at = operator.end()
        else:
            word = at + 1 + (piece[at] == "\\")
            while word < len(piece) and not _BLANK.match(piece, word) and not _OPERATOR.match(piece, word):
                word += 1 + (piece[word] == "\\")
            word = min(word, len(piece))
            yield _token(source, start + at, start + word, True)
            at = word


def _token(source: Source, start: int, end: int, is_word: bool) -> Token:
    heredoc = None if is_word else source.heredocs.get(start)
    text = source.masked[start:end].decode(errors="surrogateescape")
    return Token("<<" if heredoc else text, start, end, is_word, _line(source.text, start), heredoc)


def _joined(source: Source, found: list[Token]) -> list[Token]:
    """Return the tokens with touching words made one, and operators the tree had torn apart put together."""
    joined: list[Token] = []
    for token in found:
        last = joined[-1] if joined else None
        gap = source.masked[last.end : token.start] if last is not None else b""
        if last is not None and not gap.replace(b"\\\n", b"") and last.is_word == token.is_word:
            if token.is_word:
                joined[-1] = _token(source, last.start, token.end, True)
                continue
            if last.heredoc is None and token.heredoc is None and _OPERATOR.fullmatch(last.text + token.text):
                joined[-1] = _token(source, last.start, token.end, False)
                continue
        joined.append(token)
    return joined


def _line(text: bytes, offset: int) -> int:
    return text.count(b"\n", 0, offset) + 1
