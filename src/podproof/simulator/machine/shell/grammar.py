"""The grammar of the shell: tokens to commands, with the errors a real shell finds.

Source: POSIX.1-2017, XCU 2.10 Shell Grammar; where a shell stops and what it then expects is busybox ash's and dash's
(src/parser.c: list, pipeline, command, simplecmd).
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from podproof.errors import NotModelledError
from podproof.simulator.machine.shell import tokens as lexis
from podproof.simulator.machine.shell.cursor import CLOSING, REDIRECTS, RESERVED, Cursor
from podproof.simulator.machine.shell.syntax import (
    SPECIAL,
    AndOr,
    Assignment,
    Block,
    Broken,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Loop,
    Part,
    Pipeline,
    Redirect,
    Redirected,
    ScriptError,
    Simple,
    Subshell,
    Substitution,
    Text,
    Variable,
    Word,
)
from podproof.simulator.machine.shell.words import Bodies, Reader

if TYPE_CHECKING:
    from tree_sitter import Node

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BRACES = re.compile(r"""(?:^|[^$\\'"])\{[^{}\s'"]*(?:,|\.\.)[^{}\s'"]*\}""")
_ONLY_BASH = frozenset({
    "array", "subscript", "process_substitution", "c_style_for_statement", "((", "select", "|&", ";&",
})  # fmt: skip
_SEPARATORS = frozenset({";", "&", "\n"})


@lru_cache(maxsize=512)
def parse(script: str, shell: str) -> Block:
    """Return the commands of a script as `shell` ("ash", "dash" or "bash") reads it.

    A shell reads line by line: what stands before a line the grammar refuses is run, then comes `Broken`.

    Raises:
        NotModelledError: a construct that only bash has.
    """
    source = lexis.read(script)
    root = source.tree.root_node
    grammar = Grammar(source, lexis.tokens(source, [root], len(source.text)), shell)
    items: list[tuple[Command, bool]] = []
    try:
        while line := grammar.line():
            items += line
    except ScriptError as error:
        if shell == "bash" and (error.unexpected == "bad substitution" or _is_bash(root)):
            raise NotModelledError("a construct of bash that sh does not have", f"the script {script!r}") from None
        items.append((Broken(error), False))
    return Block(tuple(items))


def _is_bash(node: "Node") -> bool:
    return node.type in _ONLY_BASH or any(_is_bash(child) for child in node.children)


class Grammar(Cursor):
    """Reads one run of tokens from left to right."""

    def __init__(self, source: lexis.Source, tokens: list[lexis.Token], shell: str) -> None:
        super().__init__(tokens, shell)
        self._source = source

    def whole(self) -> Block:
        """Return every command up to the end of the tokens. Raises ScriptError."""
        found = self._block(empty=True)
        if self._token.text:
            raise self._unexpected()
        return found

    def line(self) -> list[tuple[Command, bool]]:
        """Return the commands of the next line that has any, none at the end. Raises ScriptError."""
        self._skip_newlines()
        items: list[tuple[Command, bool]] = []
        while self._token.text and not self._is("\n"):
            command = self._and_or()
            items.append((command, self._is("&")))
            if self._is(";", "&"):
                self._at += 1
            elif self._token.text and not self._is("\n"):
                raise self._unexpected()
        return items

    def _block(self, empty: bool = False) -> Block:
        """Return commands up to a token that closes something."""
        items: list[tuple[Command, bool]] = []
        self._skip_newlines()
        while self._token.text and not self._is(*CLOSING):
            command = self._and_or()
            items.append((command, self._is("&")))
            if not self._is(*_SEPARATORS):
                break
            self._at += 1
            self._skip_newlines()
        if not items and not empty and self._token.text:
            raise self._unexpected()
        return Block(tuple(items))

    def _and_or(self) -> Command:
        first = self._pipeline()
        rest: list[tuple[str, Command]] = []
        while self._is("&&", "||"):
            operator = self._take().text
            self._skip_newlines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> Command:
        negated = False
        while self._is("!"):
            negated = not negated
            self._at += 1
        commands = [self._command()]
        while self._is("|"):
            self._at += 1
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated) if negated or len(commands) > 1 else commands[0]

    def _command(self) -> Command:
        compound = self._compound()
        if compound is None:
            return self._simple()
        redirects = []
        while (redirect := self._redirect()) is not None:
            redirects.append(redirect)
        return Redirected(compound, tuple(redirects)) if redirects else compound

    def _compound(self) -> Command | None:
        readers = {
            "if": self._if,
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "case": self._case,
            "{": self._group,
            "(": self._subshell,
        }
        if self._is("function") and self._shell != "dash":
            return self._keyword_function()
        reader = readers.get(self._token.text)
        return reader() if reader is not None else None

    def _group(self) -> Command:
        self._expect("{")
        body = self._block()
        self._expect("}")
        return Group(body)

    def _subshell(self) -> Command:
        self._expect("(")
        body = self._block()
        self._expect(")")
        return Subshell(body)

    def _if(self) -> Command:
        branches: list[tuple[Block, Block]] = []
        while self._is("elif") or not branches:
            self._at += 1
            condition = self._block()
            self._expect("then")
            branches.append((condition, self._block()))
        otherwise = None
        if self._is("else"):
            self._at += 1
            otherwise = self._block()
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _loop(self) -> Command:
        until = self._take().text == "until"
        condition = self._block()
        return Loop(condition, self._do(), until)

    def _do(self) -> Block:
        self._expect("do")
        body = self._block()
        self._expect("done")
        return body

    def _for(self) -> Command:
        self._at += 1
        if not (self._token.is_word and _NAME.fullmatch(self._token.text)):
            raise ScriptError("bad for loop variable", line=self._token.line)
        name = self._take().text
        self._skip_newlines()
        words: list[Word] | None = None
        if self._is("in"):
            self._at += 1
            words = []
            while self._token.is_word:
                words.append(self._word())
            if not self._is(";", "\n"):
                raise self._unexpected()
        if self._is(";"):
            self._at += 1
        self._skip_newlines()
        return For(name, None if words is None else tuple(words), self._do())

    def _case(self) -> Command:
        self._at += 1
        if not self._token.is_word:
            raise self._unexpected()
        subject = self._word()
        self._skip_newlines()
        self._expect("in")
        self._skip_newlines()
        items: list[tuple[tuple[Word, ...], Block]] = []
        while not self._is("esac"):
            items.append(self._case_item())
            if not self._is("esac"):
                self._expect(";;")
            self._skip_newlines()
        self._at += 1
        return Case(subject, tuple(items))

    def _case_item(self) -> tuple[tuple[Word, ...], Block]:
        if self._is("("):
            self._at += 1
        patterns: list[Word] = []
        while True:
            if not self._token.is_word:
                raise self._unexpected("" if patterns else ")")
            patterns.append(self._word())
            if not self._is("|"):
                break
            self._at += 1
        self._expect(")")
        return tuple(patterns), self._block(empty=True)

    def _keyword_function(self) -> Command:
        self._at += 1
        name = self._take().text
        if self._is("("):
            self._at += 1
            self._expect(")")
        self._skip_newlines()
        return Function(name, self._command())

    def _simple(self) -> Command:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        line, start = self._token.line, self._at
        if self._token.is_word and self._token.text in RESERVED:
            raise self._unexpected()
        if self._is("[[") and self._shell != "dash":
            words = self._conditional()
        while True:
            if (redirect := self._redirect()) is not None:
                redirects.append(redirect)
            elif not self._token.is_word:
                break
            elif not words and (assigned := _ASSIGNMENT.match(self._token.text)):
                assignments.append(self._assignment(assigned))
            else:
                words.append(self._word())
        if self._is("(") and len(words) == 1 and self._at == start + 1:
            return self._function()
        if self._is("(") or not (words or redirects or assignments):
            raise self._unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects), line)

    def _function(self) -> Command:
        name = self._tokens[self._at - 1]
        self._at += 1
        if not self._is(")"):
            raise ScriptError("word", '")"', self._token.line) if self._token.is_word else self._unexpected(")")
        self._at += 1
        if self._shell != "bash" and (not _NAME.fullmatch(name.text) or name.text in SPECIAL):
            raise ScriptError("bad function name", line=name.line)
        self._skip_newlines()
        return Function(name.text, self._command())

    def _conditional(self) -> list[Word]:
        """Return the words of `[[ … ]]`, where nothing is split; bash also reads operators in it."""
        words: list[Word] = [self._word()]
        while self._token.is_word or (self._shell == "bash" and self._is("&&", "||", "<", ">", "(", ")", "|")):
            if self._token.is_word:
                words.append(tuple(_unsplit(part) for part in self._word()))
                if words[-1] == (Text("]]"),):
                    break
            else:
                words.append((Text(self._take().text, quoted=True),))
        return words

    def _assignment(self, assigned: re.Match[str]) -> Assignment:
        token = self._take()
        start = token.start + assigned.end()
        return Assignment(assigned.group(1), self._read(start, token.end).word(token.end - start))

    def _word(self) -> Word:
        token = self._take()
        if self._shell == "bash" and _BRACES.search(token.text):
            raise NotModelledError("brace expansion", f"the word {token.text}")
        return self._read(token.start, token.end).word(token.end - token.start)

    def _redirect(self) -> Redirect | None:
        token, fd = self._token, -1
        if token.is_word and token.text.isdigit() and (len(token.text) == 1 or self._shell == "bash"):
            after = self._tokens[self._at + 1]
            if after.start == token.end and not after.is_word and after.text in REDIRECTS:
                fd = int(token.text)
                self._at += 1
                token = self._token
        if token.is_word or token.text not in REDIRECTS:
            return None
        if token.text == "<<<" and self._shell != "bash":
            raise self._unexpected()
        self._at += 1
        if not self._token.is_word:
            raise self._unexpected()
        fd = fd if fd >= 0 else int(token.text[0] != "<")
        return self._redirect_to(token, fd)

    def _redirect_to(self, token: lexis.Token, fd: int) -> Redirect:
        if token.heredoc is not None:
            self._at += 1
            return Redirect(fd, "here", self._heredoc(token.heredoc))
        target = self._word()
        if token.text == "<<<":
            return Redirect(fd, "here", (*map(_unsplit, target), Text("\n", quoted=True)))
        return Redirect(fd, token.text, target)

    def _heredoc(self, heredoc: lexis.HereDocument) -> Word:
        if not heredoc.expanded:
            return (Text(heredoc.text, quoted=True),)
        return _text_reader(heredoc.text, self._shell).quoted(len(heredoc.text.encode(errors="surrogateescape")))

    def _read(self, start: int, end: int) -> Reader:
        text = self._source.text[start:end].decode("latin-1")
        return Reader(text, start, Bodies(self._body, self._parsed), self._shell != "dash")

    def _parsed(self, script: str) -> Block:
        return parse(script, self._shell)

    def _body(self, offset: int) -> tuple[Block, int]:
        """Return the commands of the `$(…)` at an offset, and the offset after it."""
        node = self._source.substitutions.get(offset)
        if node is None:
            rest = lexis.read(self._source.slice(offset, len(self._source.text)))
            node = rest.substitutions.get(0)
            if node is None:
                raise ScriptError("end of file", '")"')
            return _substituted(rest, node, self._shell), offset + node.end_byte
        return _substituted(self._source, node, self._shell), node.end_byte


def _substituted(source: lexis.Source, node: "Node", shell: str) -> Block:
    opening, *inner, closing = node.children
    if closing.is_missing or closing.type != ")":
        raise ScriptError("end of file", '")"')
    end = closing.start_byte
    found = lexis.tokens(source, inner, end) if inner else lexis.tokens(source, [], opening.end_byte)
    return Grammar(source, found, shell).whole()


def _text_reader(text: str, shell: str) -> Reader:
    """Return a reader of a text whose substitutions no tree knows: each is read where it is met."""
    data = text.encode(errors="surrogateescape")

    def body(offset: int) -> tuple[Block, int]:
        rest = lexis.read(data[offset:].decode(errors="surrogateescape"))
        node = rest.substitutions.get(0)
        if node is None:
            raise ScriptError("end of file", '")"')
        return _substituted(rest, node, shell), offset + node.end_byte

    return Reader(data.decode("latin-1"), 0, Bodies(body, lambda script: parse(script, shell)), shell != "dash")


def _unsplit(part: Part) -> Part:
    if isinstance(part, Variable | Substitution):
        return replace(part, quoted=True)
    return part
