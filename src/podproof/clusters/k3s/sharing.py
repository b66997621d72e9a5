"""One cluster for all processes of a run: one of them owns it, the others wait for it under a file lock."""

import json
import shutil
import tempfile
from pathlib import Path
from threading import Event, Thread

from filelock import FileLock

from podproof.clusters.k3s.containers import Containers, Shape, Started, remove
from podproof.clusters.k3s.faults import OwnerGoneError, StartFailedError
from podproof.errors import PodproofError

_PATIENCE = 20.0
"""Seconds that a start which nobody wants any more gets to end."""


def taken(folder: Path) -> Started:
    """Return the cluster of a run once its owner lets go of the lock, whose folder this is.

    Raises:
        StartFailedError: there is none; the owner's reason.
        OwnerGoneError: there is none, and no owner either.
    """
    with FileLock(folder / "lock"):
        try:
            said = json.loads((folder / "cluster").read_text(encoding="utf-8"))
        except OSError:
            raise OwnerGoneError from None
    if "error" in said:
        raise StartFailedError(said["error"])
    return Started(**said)


class Owner:
    """Starts the cluster of a run beside whatever else this process does, and removes it."""

    def __init__(self, shape: Shape, run: str) -> None:
        self.run, self.folder = run, Path(tempfile.mkdtemp(prefix=f"podproof-k3s-{run}-"))
        self._held, self._stopped = Event(), Event()
        self._containers = Containers(shape, run, self._stopped.is_set)
        self._thread = Thread(target=self._start, daemon=True, name="start k3s")

    def begin(self) -> None:
        """Begin to start it; whoever asks for it waits from now on."""
        self._thread.start()
        self._held.wait()

    def end(self) -> None:
        """Remove what there is of the cluster, whether it is ready or not."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE)
            remove(self.run)
        self.let_go()

    def let_go(self) -> None:
        """Forget the cluster, and let it run."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        with FileLock(self.folder / "lock"):
            self._held.set()
            said = self._started()
            if not self._stopped.is_set():
                (self.folder / "cluster").write_text(said, encoding="utf-8")

    def _started(self) -> str:
        try:
            return self._containers.start().text()
        except PodproofError as error:
            return json.dumps({"error": str(error)})
        except Exception as error:  # whoever waits must be told, whatever it is
            return json.dumps({"error": f"k3s could not be started: {type(error).__name__}: {error}"})


def keep(owner: Owner) -> Path:
    """Write the kubeconfig of a run's cluster to a file that stays, and return where."""
    import yaml

    place = _kept(owner.run)
    place.touch(mode=0o600)
    place.write_text(yaml.safe_dump(dict(taken(owner.folder).config)), encoding="utf-8")
    return place


def forget(run: str) -> None:
    """Remove the kubeconfig of a run's cluster that stayed, and does no more."""
    _kept(run).unlink(missing_ok=True)


def _kept(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"podproof-k3s-{run}.kubeconfig"
