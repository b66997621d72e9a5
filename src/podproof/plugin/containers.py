"""`--cluster k3s`: one cluster in containers for the whole run, begun where the run is, waited for by its workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podproof.errors import PodproofError
from podproof.plugin.clusters import Runs

if TYPE_CHECKING:
    from podproof.cluster import Cluster
    from podproof.clusters.k3s.sharing import Owner
    from podproof.clusters.live.runs import Run

_KEPT = "podproof_kept"


class ContainerRuns(Runs):
    """What this process runs on k3s. The cluster is begun with the first worker, or else with the first scenario."""

    def __init__(self, config: pytest.Config, text: str) -> None:
        self._owner: Owner | None = None
        self._kept: list[str] = []
        super().__init__(config, text)

    def cluster(self, request: pytest.FixtureRequest) -> Cluster:
        """Return the cluster of a scenario; without k3s there is nothing to go on with."""
        try:
            return super().cluster(request)
        except PodproofError as error:
            if self._run is None:
                request.session.shouldstop = f"podproof: no k3s: {str(error).splitlines()[0]}"
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist the place where it finds the cluster, which is being started."""
        self._begin()
        super().pytest_configure_node(node)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Note which namespaces a worker has kept."""
        self._kept += getattr(node, "workeroutput", {}).get(f"{_KEPT} {self._handed}", ())

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand on what is kept, or remove the cluster."""
        self._kept += self._run.kept if self._run is not None else ()
        if (output := getattr(self._config, "workeroutput", None)) is not None:
            output[f"{_KEPT} {self._handed}"] = self._kept
        if self._owner is not None:
            self._end(self._owner)

    def _end(self, owner: Owner) -> None:
        if self._kept:
            path = self._kubeconfig(owner)
            self._say(f"kept: {', '.join(self._kept)}; KUBECONFIG={path} leads there")
            self._say(f"podproof sweep --k3s --run {owner.run} removes the cluster")
            owner.let_go()
            return
        try:
            owner.end()
        except PodproofError as error:
            self._say(f"{error}; podproof sweep --k3s --run {owner.run} removes what stays")

    def _kubeconfig(self, owner: Owner) -> Path:
        """Write the kubeconfig of a cluster that stays where it can be found."""
        from podproof.clusters.k3s.sharing import keep

        return keep(owner)

    def _begin(self) -> None:
        if self._owner is None:
            from podproof.clusters.k3s.containers import Shape
            from podproof.clusters.k3s.sharing import Owner

            chosen = self._chosen
            shape = Shape(chosen["image"], chosen["agents"], tuple(chosen["load"]))
            self._owner = Owner(shape, chosen["id"])
            chosen["folder"] = str(self._owner.folder)
            self._owner.begin()

    def _first(self) -> Run:
        from podproof.clusters.k3s.runs import K3sRun
        from podproof.clusters.k3s.sharing import taken

        given: dict[str, Any] = getattr(self._config, "workerinput", {})
        if not given:
            self._begin()
        keep = self._config.getoption("--keep-namespaces")
        shared = int(given.get("workercount", 1)) > 1
        return K3sRun(taken(Path(self._chosen["folder"])), self._chosen["id"], keep, shared)

    def _choose(self, text: str) -> dict[str, Any]:
        """Return what is to be started, once there is a Docker engine that can."""
        from podproof import configuration
        from podproof.clusters.k3s.installed import check_installed

        check_installed("--cluster k3s")
        from podproof.clusters.k3s import engine
        from podproof.clusters.k3s.containers import default_image
        from podproof.clusters.live.runs import new_id

        engine.engine().close()
        option = self._config.getoption
        if option("--keep-namespaces") != "never" and engine.reaps():
            raise pytest.UsageError(
                "--keep-namespaces: testcontainers removes k3s when this run ends; TESTCONTAINERS_RYUK_DISABLED=true "
                "leaves that to podproof, which keeps it"
            )
        named = text.partition(":")[2] or option("--k3s-image")
        image = named or configuration.find(self._config.rootpath).k3s_image or default_image()
        told = f"k3s of {image} in Docker at {engine.where()}"
        return {
            "id": new_id(),
            "told": told,
            "image": image,
            "agents": option("--k3s-agents"),
            "load": option("--k3s-load"),
        }
