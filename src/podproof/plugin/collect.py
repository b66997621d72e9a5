"""From a feature file to tests: `features/pods/init.feature::Waits for its Services[myservice]`.

A file is checked whole before anything of it runs. A file that the project's own Python modules bind by pytest-bdd's
`scenario` or `scenarios` is theirs: it gives no tests and no faults here. Whether that is so is known for sure only
when all modules are collected, so the faults of a file that uses no phrase of podproof's wait until then.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from podproof import configuration
from podproof.configuration import Configuration
from podproof.errors import PodproofError
from podproof.plugin import bdd, chosen, faults, faulty
from podproof.plugin.index import Index, Indexes
from podproof.plugin.scenario import ScenarioItem
from podproof.simulator.kernel.collector import SELDOM
from podproof.steps import vocabulary

_STEP_PACKAGE = "podproof.steps"


class FeatureRun:
    """What the feature files of one session share; a plugin of that session."""

    def __init__(self, session: pytest.Session) -> None:
        self.indexes = Indexes()
        self.configuration = configuration.find(session.config.rootpath)
        self.in_doubt: list[tuple[FeatureFile, faults.FeatureFaultsError]] = []
        self.tags: set[str] = set()
        self._thresholds = gc.get_threshold()
        for module in (import_module("podproof.plugin.fixtures"), *vocabulary.modules()):
            if not session.config.pluginmanager.is_registered(module):
                bdd.register(session, module)

    def pytest_collection_finish(self) -> None:
        """Look for cyclic garbage seldom: a world is large, lives as long as its scenario, and leaves little of it."""
        gc.freeze()
        gc.set_threshold(*SELDOM)

    def pytest_sessionfinish(self) -> None:
        """Look as often as before, and at everything: who comes after may ask the collector who refers to what."""
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    @staticmethod
    def of(session: pytest.Session) -> FeatureRun:
        """Return the session's own, made when the first feature file is collected."""
        manager = session.config.pluginmanager
        run = manager.get_plugin("podproof.run")
        if not isinstance(run, FeatureRun):
            run = FeatureRun(session)
            manager.register(run, "podproof.run")
        return run

    def mark(self, config: pytest.Config, tag: str) -> pytest.MarkDecorator:
        """Return the marker of a tag, known to pytest from now on (a name with a colon cannot be declared)."""
        if tag not in self.tags:
            self.tags.add(tag)
            config.addinivalue_line("markers", f"{tag}: scenarios tagged @{tag}")
        if ":" in tag:
            return pytest.MarkDecorator(pytest.Mark(tag, (), {}, _ispytest=True), _ispytest=True)
        return getattr(pytest.mark, tag)  # type: ignore[no-any-return]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Give up the tests of files that proved to be bound, and report the faults of those that did not."""
        items[:] = [each for each in items if not (isinstance(each, ScenarioItem) and bdd.is_bound(each.path))]
        for file, error in self.in_doubt:
            if not bdd.is_bound(file.path):
                told = faulty.outcomes(file.path, error)
                report = pytest.CollectReport(file.nodeid, "failed", str(error), [], podproof=told)
                config.hook.pytest_collectreport(report=report)
        self.in_doubt.clear()


class FeatureFile(pytest.Module):
    """One `.feature` file. It is a module to pytest, so that module-scoped fixtures live as long as a feature."""

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        return module

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each scenario and each row of an outline.

        Raises:
            FeatureFaultsError: something in the file is wrong.
        """
        if bdd.is_bound(self.path):
            return
        run = FeatureRun.of(self.session)
        index = run.indexes.of(self)
        examples, found = _checked(self.path, index)
        if found:
            error = faults.FeatureFaultsError(self.nodeid, tuple(found), _words(examples))
            if self._is_asked_for() or any(_is_ours(each) for example in examples for each in example.definitions):
                raise error
            run.in_doubt.append((self, error))
            return
        named = list(zip(chosen.clusters(self.config), chosen.suffixes(self.config), strict=True))
        for example in examples:
            tags = [(tag, run.mark(self.config, tag)) for tag in sorted(example.tags)]
            yield from (ScenarioItem.of(self, example, tags, cluster, suffix) for cluster, suffix in named)

    def _is_asked_for(self) -> bool:
        """Say whether the command line names a scenario of the file: pytest would just say that there is none."""
        asked = (file for file, colons, _ in (each.partition("::") for each in self.config.args) if colons)
        return any(self.config.invocation_params.dir / file == self.path for file in asked)

    @property
    def configuration(self) -> Configuration:
        """What the project says about its runs."""
        return FeatureRun.of(self.session).configuration

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> object:  # type: ignore[override]
        """Show what the user has to mend as it is, without a traceback."""
        return str(excinfo.value) if isinstance(excinfo.value, PodproofError) else super().repr_failure(excinfo)


def _checked(path: Path, index: Index) -> tuple[list[faults.Example], list[faults.Fault]]:
    """Return a file's examples with the definitions of their steps, and all its faults in the order of its lines."""
    try:
        document = bdd.read(path)
    except bdd.UnreadableFeatureError as error:
        return [], faults.unreadable(path, error)
    found = list(faults.structural(document))
    lines = {each.line for each in found}
    examples = []
    for example in faults.examples_of(document):
        steps = example.scenario.steps
        found += [each for step in steps if step.line_number not in lines for each in faults.of_step(step, index)]
        examples.append(example.resolved(index))
    return examples, sorted(dict.fromkeys(found), key=lambda each: each.line)


def _words(examples: Sequence[faults.Example]) -> Callable[[str], str]:
    """Return what tells a sentence in the language of a file; of one that gives no examples it is not known."""
    from podproof.report.languages import catalogue

    return catalogue(examples[0].template.feature.language if examples else "en").said


def _is_ours(definition: bdd.Definition) -> bool:
    return definition.function.__module__.startswith(_STEP_PACKAGE)
