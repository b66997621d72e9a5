"""What keeps a run from a k3s cluster of its own; each says what to do."""

from podproof.errors import CapabilityError, PodproofError


class K3sError(PodproofError):
    """There is no k3s cluster to run on."""


class NoEngineError(K3sError, OSError):
    """No Docker engine answers at `url`; `why` is what its client says."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(url, why)
        self.url, self.why = url, why

    def __str__(self) -> str:
        return (
            f"no Docker engine answers at {self.url}; run with --cluster simulator, or start one "
            f"(DOCKER_HOST says where it is): {self.why}"
        )


class NoImageError(K3sError, LookupError):
    """An image is neither on the Docker engine nor to be pulled; `hint` says what else there is to do."""

    def __init__(self, image: str, why: str, hint: str) -> None:
        super().__init__(image, why, hint)
        self.image, self.why, self.hint = image, why, hint

    def __str__(self) -> str:
        return f"the image {self.image} cannot be had: {self.why}; bring it with docker load, or {self.hint}"


class NotStartedError(K3sError):
    """The Docker engine does not run a container of `image`; `why` is its own word."""

    def __init__(self, image: str, why: str) -> None:
        super().__init__(image, why)
        self.image, self.why = image, why

    def __str__(self) -> str:
        return f"no container of {self.image} can run here: {self.why}; k3s needs one that is privileged"


class NotReadyError(K3sError, TimeoutError):
    """A container runs, but no cluster became of it: `what` was awaited for `waited` (s); `log` is its last lines."""

    def __init__(self, image: str, what: str, waited: float, log: str) -> None:
        super().__init__(image, what, waited, log)
        self.image, self.what, self.waited, self.log = image, what, waited, log

    def __str__(self) -> str:
        log = "\n".join(f"    {line}" for line in self.log.splitlines()) or "    (it is empty)"
        return (
            f"no k3s cluster of {self.image} after {self.waited:.0f} s: {self.what}; TC_MAX_TRIES, in seconds, lets it "
            f"take longer, --k3s-image names another image. The last lines of its log:\n{log}"
        )


class NotLoadedError(K3sError):
    """A node does not take an image in; `why` is what its `ctr` says."""

    def __init__(self, image: str, node: str, why: str) -> None:
        super().__init__(image, node, why)
        self.image, self.node, self.why = image, node, why

    def __str__(self) -> str:
        return f"the node {self.node} did not import the image {self.image}: {self.why}"


class OwnerGoneError(K3sError):
    """Who was to start the cluster has ended without a word."""

    def __str__(self) -> str:
        return "the process that was to start k3s has ended; podproof sweep --k3s removes what it left"


class StartFailedError(K3sError):
    """The cluster could not be started, by another process of this run; `why` is its sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class NoNodeFailureError(CapabilityError):
    """A node of k3s cannot do what a scenario asks; `why` says why."""

    def __init__(self, cluster: str, lacking: tuple[str, ...], why: str) -> None:
        super().__init__(cluster, lacking)
        self.args = (cluster, lacking, why)
        self.why = why

    def __str__(self) -> str:
        return f"{super().__str__()}: {self.why}"
