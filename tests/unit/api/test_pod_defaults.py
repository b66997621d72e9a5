"""What the server makes of pods that no table of Kubernetes shows."""

from typing import Any

from podproof.simulator.api.kinds.pod_defaults import default_pod


def test_the_field_of_a_gate_that_is_off_is_dropped() -> None:
    lifecycle = {"stopSignal": "SIGUSR1", "preStop": {"sleep": {"seconds": 1}}}
    pod: dict[str, Any] = {"spec": {"containers": [{"name": "app", "image": "busybox", "lifecycle": lifecycle}]}}

    default_pod(pod)

    assert pod["spec"]["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 1}}}
