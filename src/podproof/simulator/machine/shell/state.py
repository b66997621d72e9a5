"""What a shell remembers: variables, functions, options, traps."""

from dataclasses import dataclass, field

from podproof.simulator.machine.shell.syntax import Command

DEFAULT_IFS = " \t\n"


class ReadOnlyError(Exception):
    """A readonly variable was to be changed; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Variables:
    """Names and their values, with those marked for export, read-only, or local to a function that is running."""

    def __init__(self, values: dict[str, str], exported: set[str]) -> None:
        self.values, self.exported = values, exported
        self.readonly: set[str] = set()
        self._scopes: list[dict[str, tuple[str | None, bool]]] = []

    def get(self, name: str) -> str | None:
        """Return a variable's value, None where it is not set."""
        return self.values.get(name)

    def set(self, name: str, value: str) -> None:
        """Set a variable. Raises ReadOnlyError."""
        if name in self.readonly:
            raise ReadOnlyError(name)
        self.values[name] = value

    def unset(self, name: str) -> None:
        """Forget a variable. Raises ReadOnlyError."""
        if name in self.readonly:
            raise ReadOnlyError(name)
        self.values.pop(name, None)
        self.exported.discard(name)

    def environment(self) -> dict[str, str]:
        """Return what children inherit."""
        return {name: value for name, value in self.values.items() if name in self.exported}

    def enter(self) -> None:
        """Begin a function: what is made local from now on is given back by `leave`."""
        self._scopes.append({})

    def leave(self) -> None:
        """End a function."""
        for name, (value, exported) in self._scopes.pop().items():
            self.restore(name, value, exported)

    def make_local(self, name: str) -> bool:
        """Make a variable local to the running function; False outside of any."""
        if not self._scopes:
            return False
        self._scopes[-1].setdefault(name, self.saved(name))
        return True

    def saved(self, name: str) -> tuple[str | None, bool]:
        """Return what `restore` needs to put a variable back as it is now."""
        return self.values.get(name), name in self.exported

    def restore(self, name: str, value: str | None, exported: bool) -> None:
        """Put a variable back as it was."""
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value
        (self.exported.add if exported else self.exported.discard)(name)

    def fork(self) -> "Variables":
        """Return a copy for a subshell."""
        copy = Variables(dict(self.values), set(self.exported))
        copy.readonly = set(self.readonly)
        copy._scopes = [dict(scope) for scope in self._scopes]
        return copy


@dataclass(slots=True)
class State:
    """Everything a subshell inherits. `options` are the letters of `set`, and "pipefail".

    `places` remembers where a command was found, by PATH and name; a subshell shares it.
    """

    name: str
    variables: Variables
    positional: tuple[str, ...] = ()
    functions: dict[str, Command] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    traps: dict[int, str] = field(default_factory=dict)
    status: int = 0
    shell_pid: int = 0
    last_background: int | None = None
    depth: int = 0
    is_file: bool = False
    places: dict[tuple[str, str], str] = field(default_factory=dict)

    def fork(self) -> "State":
        """Return the copy a subshell starts with: its traps are gone, but for the signals it ignores."""
        ignored = {signal: action for signal, action in self.traps.items() if action == ""}
        return State(
            self.name,
            self.variables.fork(),
            self.positional,
            dict(self.functions),
            set(self.options),
            ignored,
            self.status,
            self.shell_pid,
            self.last_background,
            self.depth + 1,
            self.is_file,
            self.places,
        )

    def snapshot(self) -> tuple[object, ...]:
        """Return what a loop's next turn can depend on (beside what lies outside of the shell)."""
        return (
            dict(self.variables.values),
            self.positional,
            frozenset(self.options),
            dict(self.traps),
            dict(self.functions),
            self.status,
            self.last_background,
        )
