"""Whose the groups of Kubernetes' own are: a definition in one of them says who has approved it.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go, IsProtectedCommunityGroup,
GetAPIApprovalState.
"""

from urllib.parse import urlsplit

from podproof.simulator.model.objects import Object, at

APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = ("k8s.io", "kubernetes.io")


def approval(item: Object) -> tuple[str, str] | None:
    """Return how the annotation of a definition in a group of Kubernetes' own is taken, and what is said of it.

    None: its group is nobody's to approve.
    """
    group = at(item, "spec", "group") or ""
    if not f".{group}".endswith(tuple(f".{each}" for each in _PROTECTED)):
        return None
    value = (item["metadata"].get("annotations") or {}).get(APPROVAL, "")
    see = "see https://github.com/kubernetes/enhancements/pull/1111"
    wanted = f'protected groups must have approval annotation "{APPROVAL}"'
    if not value:
        return "Missing", f"{wanted}, {see}"
    if value.startswith("unapproved"):
        return "Unapproved", f'not approved: "{value}"'
    parts = urlsplit(value)
    if parts.scheme and parts.netloc:
        return "Approved", f"approved in {value}"
    return "Invalid", f'{wanted} with either a URL or a reason starting with "unapproved", {see}'
