"""Operators beside a cluster that is reached over HTTP: they get its kubeconfig, and their time is the cluster's."""

from collections.abc import Mapping
from threading import Event
from typing import Any

from podproof.cluster import Command
from podproof.clusters.operators.crew import Crew
from podproof.errors import CapabilityError

_GRACE, _LOOK = 10.0, 0.02


class LiveOperators:
    """What runs beside one namespace of a cluster. `config` is the kubeconfig that leads there."""

    def __init__(self, config: Mapping[str, Any], namespace: str, name: str) -> None:
        self._config, self._namespace, self._name = config, namespace, name
        self._crew: Crew | None = None
        self.ran = False
        """Whether any was ever started."""

    def run(self, name: str, command: Command | None = None) -> None:
        """Start an operator; when it is ready nobody knows, so a claim has to wait for what it does."""
        self._of().start(name, command)

    def stop(self, name: str) -> None:
        """Ask an operator to end, and end it if it takes too long."""
        crew = self._of()
        process = crew.get(name)
        process.ask_to_end()
        waited, never = 0.0, Event()
        while process.runs and waited < _GRACE:
            never.wait(_LOOK)
            waited += _LOOK
        crew.end(name)

    def kill(self, name: str) -> None:
        """End an operator as it stands."""
        self._of().end(name)

    def drop_watches(self) -> None:
        """Not to be had: between an operator and its cluster stands nobody.

        Raises:
            CapabilityError: always.
        """
        raise CapabilityError(self._name, ("dropped-watches",))

    def pace(self, factor: int) -> None:
        """Change nothing: a second of an operator is one of the cluster's."""

    def outputs(self) -> Mapping[str, str]:
        """Return what each operator wrote."""
        return self._crew.outputs() if self._crew is not None else {}

    def check(self) -> bool:
        """Make sure that all run that were started, and say whether there are any.

        Raises:
            OperatorError: one has ended by itself.
        """
        if self._crew is None:
            return False
        self._crew.check()
        return bool(self._crew.sessions)

    def close(self) -> None:
        """End them all."""
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close()

    def _of(self) -> Crew:
        if self._crew is None:
            self._crew, self.ran = Crew(self._config, self._namespace), True
        return self._crew
