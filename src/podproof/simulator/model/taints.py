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


EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class TaintError(ValueError):
    """A text is no taint."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return (
            f"{self.text!r} is no taint: write key:effect or key=value:effect, the effect one of {', '.join(EFFECTS)}"
        )


def taint(text: str) -> dict[str, str]:
    """Return the taint that a text says as kubectl writes it: key:effect, or key=value:effect.

    Raises:
        TaintError: it says none.
    """
    named, colon, effect = text.rpartition(":")
    key, _, value = named.partition("=")
    if not colon or not key or effect not in EFFECTS:
        raise TaintError(text)
    return {"key": key, **({"value": value} if value else {}), "effect": effect}
