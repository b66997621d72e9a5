"""The rules of CustomResourceDefinitions.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go;
pkg/registry/customresourcedefinition/strategy.go.
"""

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.definitions import (
    definition_faults,
    definition_update_faults,
    definition_warnings,
)
from podproof.simulator.model.objects import Object


def _default(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    names = spec.setdefault("names", {})
    if not names.get("singular"):
        names["singular"] = names.get("kind", "").lower()
    if not names.get("listKind") and names.get("kind"):
        names["listKind"] = f"{names['kind']}List"
    spec.setdefault("conversion", {}).setdefault("strategy", "None")
    service = ((spec["conversion"].get("webhook") or {}).get("clientConfig") or {}).get("service")
    if service is not None:
        service.setdefault("port", 443)


def _begin(item: Draft) -> None:
    """Start with nothing accepted; the version that is stored is known at once."""
    stored = [each.get("name", "") for each in item["spec"].get("versions") or () if each.get("storage")]
    item["status"] = {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": stored,
    }


def _keep_status(draft: Draft, old: Object) -> None:
    """Keep the status, and note a version in which objects will be stored from now on."""
    status = {**(old.get("status") or {})}
    stored = list(status.get("storedVersions") or ())
    now = (each.get("name", "") for each in draft["spec"].get("versions") or () if each.get("storage"))
    status["storedVersions"] = stored + [each for each in now if each not in stored][:1]
    draft["status"] = status


DEFINITIONS = Rules(
    default=_default,
    begin=_begin,
    validate=definition_faults,
    carry_over=_keep_status,
    validate_update=definition_update_faults,
    first_warnings=definition_warnings,
    derives=True,
)
