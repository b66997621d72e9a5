"""Operators of the user's own: processes beside the cluster that are started, ended and robbed of their watches."""

import shlex
from collections.abc import Mapping
from importlib.util import find_spec

from podproof.cluster import Cluster, Command
from podproof.errors import LackingError
from podproof.proof import NotSoError
from podproof.steps.phrases import says
from podproof.steps.scene import Scene


@says('the operator "{name}" runs')
def the_operator_runs(cluster: Cluster, operator_commands: Mapping[str, Command], name: str) -> None:
    """With the command that the configuration has, or as it ran before."""
    cluster.operators.run(name, operator_commands.get(name))


@says('the operator "{name}" runs:')
def the_operator_runs_with(cluster: Cluster, scene: Scene, name: str, docstring: str) -> None:
    """A command line, as a shell reads it; it runs in the folder of the feature file."""
    try:
        words = tuple(shlex.split(docstring))
    except ValueError as error:
        raise NotSoError(f'the operator "{name}" has a command', f"{docstring.strip()}: {error}") from None
    if not words:
        raise NotSoError(f'the operator "{name}" has a command', "there is none below the line")
    cluster.operators.run(name, Command(words, scene.file.parent))


@says('the operator "{name}" is stopped')
def the_operator_is_stopped(cluster: Cluster, name: str) -> None:
    """It is asked to end, as a kubelet asks: with SIGTERM."""
    cluster.operators.stop(name)


@says('the operator "{name}" is killed')
def the_operator_is_killed(cluster: Cluster, name: str) -> None:
    """It ends in the middle of what it does."""
    cluster.operators.kill(name)


@says('the operator "{name}" is restarted')
def the_operator_is_restarted(cluster: Cluster, name: str) -> None:
    cluster.operators.stop(name)
    cluster.operators.run(name)


@says("the API server drops the operator's watches")
def the_watches_are_dropped(cluster: Cluster) -> None:
    """Their connections are cut, as by a network that fails."""
    cluster.operators.drop_watches()


@says("each second of the operator lasts {count:number} seconds in the cluster")
def the_operators_are_paced(cluster: Cluster, count: int) -> None:
    """Where the cluster's time is its own: what an operator waits for by its own clock then lasts so much longer."""
    if count < 1:
        raise NotSoError("a second of an operator lasts some seconds", f"{count} is none")
    cluster.operators.pace(count)


@says('Python has the package "{name}"')
def python_has_the_package(cluster: Cluster, name: str) -> None:
    """Where it has not, the scenario is skipped; it has its cluster by then, as every scenario that is recorded."""
    if find_spec(name) is None:
        raise LackingError(f"this Python has no package {name}, which the scenario needs")
