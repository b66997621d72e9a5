"""`$(NAME)` in command, args and env, which the kubelet expands before any shell sees it."""

import re
from collections.abc import Callable, Iterable, Mapping

from podproof.errors import NotModelledError
from podproof.simulator.model.objects import Object

_REFERENCE = re.compile(r"\$(?:(\$)|\(([^)]*)\)|(\()|([^$(]))", re.DOTALL)

ValueFrom = Callable[[Object], str | None]
"""Gives the value a `valueFrom` stands for, None where the variable is left out."""


def expand(text: str, *mappings: Mapping[str, str]) -> str:
    """Return the text with each `$(NAME)` replaced by the first mapping that has NAME, and `$$` by `$`.

    An unknown `$(NAME)` stays as it is, so does any other `$`.
    Source: third_party/forked/golang/expansion/expand.go, Expand.
    """
    if "$" not in text:
        return text
    return _REFERENCE.sub(lambda found: _replacement(found, mappings), text)


def _replacement(found: re.Match[str], mappings: Iterable[Mapping[str, str]]) -> str:
    if found[1]:
        return "$"
    if found[2] is None:
        return found[0]
    return next((mapping[found[2]] for mapping in mappings if found[2] in mapping), found[0])


def expand_all(texts: Iterable[str], env: Mapping[str, str]) -> list[str]:
    """Return a container's command or args as its process gets them.

    Source: pkg/kubelet/container/helpers.go, ExpandContainerCommandAndArgs.
    """
    return [expand(text, env) for text in texts]


def environment(
    variables: Iterable[Object],
    services: Mapping[str, str] | None = None,
    value_from: ValueFrom | None = None,
    *,
    sources: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a container's environment: `sources` (envFrom), then its own variables in order, then the services'.

    A variable's text may refer to variables before it and to those of the services; a name given twice has its last
    value. What the image adds is not part of it, and is not expanded.

    Raises:
        NotModelledError: a `valueFrom`, and nobody who can say what it stands for.
    Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.
    """
    services = services or {}
    made = dict(sources or {})
    for variable in variables:
        value = _value(variable, (made, services), value_from)
        if value is not None:
            made[variable["name"]] = value
    return {**made, **{name: value for name, value in services.items() if name not in made}}


def _value(variable: Object, known: tuple[Mapping[str, str], ...], value_from: ValueFrom | None) -> str | None:
    if variable.get("value"):
        return expand(variable["value"], *known)
    source = variable.get("valueFrom")
    if not source:
        return ""
    if value_from is None:
        raise NotModelledError(f"valueFrom.{next(iter(source))}", f"environment variable {variable['name']}")
    return value_from(source)
