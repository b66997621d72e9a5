"""`podproof explain`: what a line of a feature file means, what a field is, where a pod or a packet goes."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from podproof.cli import exits, fields, path, placement
from podproof.errors import PodproofError

if TYPE_CHECKING:
    from podproof.steps.vocabulary import Saying

_EPILOG = """\
examples:
  podproof explain 'Then pod "web" stays "Running" for 10 minutes'
  podproof explain pod.spec.containers            the fields there, as kubectl explain tells them, and their defaults
  podproof explain crontab.spec crontabs.yaml     those of a kind that a definition in the file adds
  podproof explain pod/web nodes.yaml web.yaml    how the scheduler decides about the pod: filter, score, bind
  podproof explain pod/a pod/b:80 two.yaml        the way of a packet, hop by hop (also to service/, node/, an address)
"""
_KEYWORD = re.compile(r"\s*(?:Given|When|Then|And|But|\*|假如|假设|假定|当|那么|而且|并且|同时|但是)\s*")
_VARIES = re.compile(r'"(?:[^"\\]|\\.)*"|\{\w+:\w+\}|\d+')


class UnexplainedError(PodproofError):
    """No phrase says the line; `near` are those that nearly do."""

    def __init__(self, line: str, near: tuple[str, ...]) -> None:
        super().__init__(line, near)
        self.line, self.near = line, near

    def __str__(self) -> str:
        advice = (
            ["did you mean:", *(f"  {each}" for each in self.near)] if self.near else ["podproof steps lists them all"]
        )
        return "\n".join([f"no phrase of podproof's says {self.line!r}", *advice])


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "explain", help="say what a line of a feature file means, what a field is, where a pod or packet goes",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    what = (
        "a step, with its keyword or without, in quotes; or KIND.FIELD.FIELD, and the manifests that define the kind "
        "where it is not built in; or pod/NAME and the manifests it is in"
    )
    command.add_argument("line", nargs="+", metavar="LINE", help=what)
    after = "how long the cluster runs before it is asked about the pod (default: 10 seconds)"
    command.add_argument("--after", default="10 seconds", metavar="DURATION", help=after)
    network = "the kind of the cluster's network, as 'calico ipip always' (default: flannel vxlan)"
    command.add_argument("--network", default="", metavar="KIND", help=network)
    command.add_argument("--recursive", action="store_true", help="tell the fields of fields too, without words")
    version = "the version of the kind (default: the first that is served)"
    command.add_argument("--api-version", default="", metavar="GROUP/VERSION", help=version)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    pod = placement.POD.fullmatch(options.line[0])
    if pod is not None and options.line[1:] and path.TARGET.fullmatch(options.line[1]):
        return path.explain(pod["name"], options.line[1], options.line[2:], options.after, options.network)
    if pod is not None:
        return placement.explain(pod["name"], options.line[1:], options.after)
    if fields.PATH.fullmatch(options.line[0]):
        field, *files = options.line
        return fields.explain(field, files, recursive=options.recursive, version=options.api_version)
    from podproof.steps.vocabulary import sayings

    line, known = _KEYWORD.sub("", " ".join(options.line), count=1).strip(), list(sayings())
    found = [each for each in known if each.phrase.is_matching(line)]
    if not found:
        texts = [
            text for each in known for text in (each.text, *(t for said in each.translations.values() for t in said))
        ]
        raise UnexplainedError(line, _near(line, texts))
    for each in found:
        print("\n".join(_explained(each, line)))
    return exits.OK


def _near(line: str, texts: list[str]) -> tuple[str, ...]:
    """Return the texts nearest to a line; what stands in quotes or fields does not count."""
    by_words = {_VARIES.sub("…", text): text for text in reversed(texts)}
    return tuple(by_words[each] for each in get_close_matches(_VARIES.sub("…", line), by_words, n=3, cutoff=0.5))


def _explained(saying: Saying, line: str) -> Iterator[str]:
    yield saying.text
    if saying.meaning:
        yield f"  {' '.join(saying.meaning.split())}"
    taken = saying.phrase.parse_arguments(line) or {}
    fields = [(name, f"{name} ({kind}): {_shown(taken.get(name), kind)}") for name, kind in saying.fields.items()]
    yield from (f"  {told}" for _, told in fields)
    if saying.attachment:
        yield f"  below it stands {saying.attachment}"
    limited = "limit" in inspect.signature(saying.function).parameters and "limit" not in saying.fields
    if limited:
        yield "  it waits for as long as `timeout` says in podproof.yaml (1 minute, where that says nothing)"
    for name, said in saying.translations.items():
        yield from (f"  {name}: {text}" for text in said)
    yield f"  defined in {saying.function.__module__.replace('.', '/')}.py"


def _shown(value: object, kind: str) -> str:
    from podproof.durations import spoken
    from podproof.simulator.model.times import Nanos

    return spoken(Nanos(value)) if kind in ("duration", "span") and isinstance(value, int) else str(value)
