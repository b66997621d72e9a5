"""The credentials a pull is tried with, and who may use an image that was pulled with one.

Source: pkg/kubelet/kubelet_pods.go, getPullSecretsForPod; pkg/kubelet/images/pullmanager/image_pull_manager.go,
MustAttemptImagePull (policy NeverVerifyPreloadedImages).
"""

from collections.abc import Mapping

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.model.image_names import normalised, parse
from podproof.simulator.model.objects import Object
from podproof.simulator.model.registry_credentials import Credential, entries_of_secret, offered


class PullSecrets:
    """The pull secrets of one node's pods, and the credentials that the node itself has."""

    def __init__(self, sources: Sources, recorder: EventRecorder) -> None:
        self._sources, self._recorder = sources, recorder

    def tell_missing(self, pod: Object) -> None:
        """Record which of the pod's pull secrets do not exist; pulls are tried all the same."""
        missing = [name for name in _names(pod) if self._secret(pod, name) is None]
        if missing:
            told = f"Unable to retrieve some image pull secrets ({', '.join(missing)})"
            message = f"{told}; attempting to pull the image may not succeed."
            self._recorder.emit(pod, "Warning", "FailedToRetrieveImagePullSecret", message)

    def of_pod(self, pod: Object, reference: str) -> Mapping[Credential, bool]:
        """Return the credentials for an image in the order of trying; True marks those that are the node's own."""
        repository = parse(reference).repository
        secrets = [secret for name in _names(pod) if (secret := self._secret(pod, name)) is not None]
        entries = [entry for secret in secrets for entry in entries_of_secret(secret)]
        given = dict.fromkeys(offered(entries, repository), False)
        return given | {each: given.get(each, True) for each in offered(self._sources.logins, repository)}

    def _secret(self, pod: Object, name: str) -> Object | None:
        return self._sources.secrets(pod["metadata"]["namespace"], name)


class PulledImages:
    """With which credentials the images of one node were pulled: who lacks them has to pull for himself."""

    def __init__(self) -> None:
        self._opened_by: dict[str, set[Credential] | None] = {}

    def record(self, reference: str, credential: Credential | None, own: bool) -> None:
        """Note a pull; one without credential, or with the node's own, is for every pod from now on."""
        key = normalised(reference)
        known = self._opened_by.setdefault(key, set())
        if credential is None or own:
            self._opened_by[key] = None
        elif known is not None:
            known.add(credential)

    def accessible(self, reference: str, credentials: Mapping[Credential, bool]) -> bool:
        """Say whether a pod with these credentials may use the image as it is there; what was never pulled is free."""
        opened_by = self._opened_by.get(normalised(reference))
        return opened_by is None or not opened_by.isdisjoint(credentials)


def _names(pod: Object) -> list[str]:
    return [each["name"] for each in pod["spec"].get("imagePullSecrets") or () if each.get("name")]
