"""Whether a toleration bears a taint."""

from podproof.simulator.model.objects import Object


def tolerates(toleration: Object, taint: Object) -> bool:
    """Return whether a toleration tolerates a taint.

    Source: staging/src/k8s.io/api/core/v1/toleration.go, ToleratesTaint.
    """
    return (
        toleration.get("effect", taint["effect"]) in ("", taint["effect"])
        and toleration.get("key", taint["key"]) in ("", taint["key"])
        and (toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""))
    )
