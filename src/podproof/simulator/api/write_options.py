"""What a write is asked with: whether it is only tried, who is its manager, how strictly its fields are read.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateCreateOptions,
ValidateUpdateOptions, ValidatePatchOptions, ValidateFieldManager.
"""

from collections.abc import Iterator, Mapping

from podproof.simulator.api import statuses
from podproof.simulator.api.faults import Fault, forbidden, invalid, required, too_long, unsupported
from podproof.simulator.kernel.requests import Request

STRICT, WARN, IGNORE = "Strict", "Warn", "Ignore"
_KINDS = {"create": "CreateOptions", "update": "UpdateOptions", "patch": "PatchOptions"}
_LONGEST_MANAGER = 128


def is_dry(request: Request) -> bool:
    """Say whether a write is only tried."""
    return request.params.get("dryRun") == "All"


def check_write_options(request: Request) -> None:
    """Refuse a write whose options are none.

    Raises:
        ApiError: 422, every fault is told.
    """
    kind = _KINDS.get(request.verb)
    faults = list(_faults(request)) if kind else []
    if kind and faults:
        raise statuses.invalid_options(kind, faults)


def _faults(request: Request) -> Iterator[Fault]:
    params = request.params
    if request.verb == "patch":
        yield from _patch_faults(params)
    yield from _manager_faults(params.get("fieldManager", ""))
    dry = params.get("dryRun", "")
    if dry not in ("", "All"):
        yield unsupported("dryRun", [dry], ("All",))
    strictness = params.get("fieldValidation", "")
    if strictness not in ("", STRICT, WARN, IGNORE):
        yield unsupported("fieldValidation", strictness, (IGNORE, STRICT, WARN))


def _patch_faults(params: Mapping[str, str]) -> Iterator[Fault]:
    if params.get("patchType") == "apply":
        if not params.get("fieldManager"):
            yield required("fieldManager", "is required for apply patch")
    elif "force" in params:
        yield forbidden("force", "may not be specified for non-apply patch")


def _manager_faults(name: str) -> Iterator[Fault]:
    if len(name.encode()) > _LONGEST_MANAGER:
        yield too_long("fieldManager", _LONGEST_MANAGER)
    if any(not each.isprintable() for each in name):
        yield invalid("fieldManager", name, "should only contain printable characters")
