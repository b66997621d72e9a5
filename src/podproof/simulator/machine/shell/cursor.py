"""A place in a run of tokens: what is there, what a shell calls it, and what it says when another had to come."""

from podproof.simulator.machine.shell.syntax import ScriptError
from podproof.simulator.machine.shell.tokens import Token

CLOSING = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}", ")", ";;"})
RESERVED = CLOSING - {")", ";;"} | {"if", "while", "until", "for", "case", "{", "!"}
REDIRECTS = frozenset({"<", ">", ">>", "<<", "<&", ">&", "<>", ">|", "&>", "&>>", "<<<"})


class Cursor:
    """Goes through tokens from left to right; the last one is an empty "end of file"."""

    def __init__(self, tokens: list[Token], shell: str) -> None:
        self._shell = shell
        self._tokens = _as_dash_reads(tokens) if shell == "dash" else tokens
        self._at = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *texts: str) -> bool:
        return self._token.text in texts

    def _take(self) -> Token:
        token = self._token
        self._at += 1
        return token

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise self._unexpected(text)
        self._at += 1

    def _unexpected(self, expected: str = "") -> ScriptError:
        token = self._token
        name = f'"{token.text}"'
        if not token.text:
            name = "end of file"
        elif token.text == "\n":
            name = "newline"
        elif token.is_word and token.text not in RESERVED:
            name = "word"
        elif not token.is_word and token.text in REDIRECTS:
            name = "redirection"
        return ScriptError(name, f'"{expected}"' if expected else "", token.line)

    def _skip_newlines(self) -> None:
        while self._is("\n"):
            self._at += 1


def _as_dash_reads(tokens: list[Token]) -> list[Token]:
    """Return the tokens with `&>` read as `&` and `>`."""
    found: list[Token] = []
    for token in tokens:
        if not token.is_word and token.text.startswith("&>"):
            found.append(token._replace(text="&", end=token.start + 1))
            token = token._replace(text=token.text[1:], start=token.start + 1)
        found.append(token)
    return found
