"""Checks of a Service's cluster IPs and address families.

Source: pkg/apis/core/validation/validation.go, ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngrade….
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, duplicate, invalid, required, unsupported
from podproof.simulator.api.validation.addresses import address_faults, parsed_address
from podproof.simulator.model.objects import Object

HEADLESS = "None"
_FAMILIES = ("IPv4", "IPv6")
_FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_FIELD = "spec.clusterIPs"


def is_headless(spec: Object) -> bool:
    """Say whether a Service has no address of its own."""
    return list(spec.get("clusterIPs") or ()) == [HEADLESS]


def cluster_address_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with the cluster IPs and the families they belong to."""
    if spec.get("type") == "ExternalName":
        return
    addresses: list[str] = list(spec.get("clusterIPs") or ())
    yield from _agreement_faults(spec.get("clusterIP", ""), addresses)
    families = spec.get("ipFamilies") or ()
    for index, family in enumerate(families):
        if family not in _FAMILIES:
            yield unsupported(f"spec.ipFamilies[{index}]", family, _FAMILIES)
        if family in families[:index]:
            yield duplicate(f"spec.ipFamilies[{index}]", family)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in _FAMILY_POLICIES:
        yield unsupported("spec.ipFamilyPolicy", policy, _FAMILY_POLICIES)
    wrong = list(_form_faults(addresses))
    yield from wrong
    if len(addresses) > 2:
        yield invalid(_FIELD, addresses, "may only hold up to 2 values")
    if not wrong:
        yield from _family_faults(spec, addresses, families)


def _agreement_faults(address: str, addresses: list[str]) -> Iterator[Fault]:
    if not address:
        if addresses:
            yield invalid(_FIELD, addresses, "must be empty when `clusterIP` is not specified")
    elif not addresses:
        yield required(_FIELD)
    elif addresses[0] != address:
        yield invalid(_FIELD, addresses, "first value must match `clusterIP`")


def _form_faults(addresses: list[str]) -> Iterator[Fault]:
    for index, address in enumerate(addresses):
        if index == 0 and address == HEADLESS:
            if len(addresses) > 1:
                yield invalid(_FIELD, addresses, "'None' must be the first and only value")
        else:
            yield from address_faults(address, f"{_FIELD}[{index}]")


def _family_faults(spec: Object, addresses: list[str], families: Sequence[str]) -> Iterator[Fault]:
    versions = [family_of(address) for address in addresses]
    if len(addresses) > 1 and len(set(versions)) < 2:
        yield invalid(_FIELD, addresses, "may specify no more than one IP for each IP family")
    if is_headless(spec):
        return
    for index, (address, family) in enumerate(zip(addresses, families, strict=False)):
        if family in _FAMILIES and versions[index] != family:
            detail = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield invalid(f"{_FIELD}[{index}]", address, detail)


def family_of(text: str) -> str:
    """Return the family of an address, "" where a text is none."""
    address = parsed_address(text)
    return f"IPv{address.version}" if address is not None else ""


def address_update_faults(spec: Object, old: Object) -> Iterator[Fault]:
    """Yield what may not change about the cluster IPs."""
    if "ExternalName" in (spec.get("type"), old.get("type")) or (is_headless(spec) and is_headless(old)):
        return
    new, known = list(spec.get("clusterIPs") or ()), list(old.get("clusterIPs") or ())
    yield from _change_faults(spec, new, known, "clusterIPs", "primary clusterIP", "secondary clusterIP", new)


def family_update_faults(spec: Object, old: Object) -> Iterator[Fault]:
    """Yield what may not change about the address families."""
    if "ExternalName" in (spec.get("type"), old.get("type")) or is_headless(spec) or is_headless(old):
        return
    new, known = list(spec.get("ipFamilies") or ()), list(old.get("ipFamilies") or ())
    shown = list(spec.get("clusterIPs") or ())
    yield from _change_faults(spec, new, known, "ipFamilies", "primary ipFamily", "secondary ipFamily", shown)


def _change_faults(
    spec: Object, new: list[str], known: list[str], key: str, first: str, second: str, shown: list[str]
) -> Iterator[Fault]:
    """Yield faults of a list whose first entry stays and whose second may come and go."""
    if len(new) == len(known):
        for index, (after, before) in enumerate(zip(new, known, strict=True)):
            if after != before:
                place = index if key == "clusterIPs" else 0
                yield invalid(f"spec.{key}[{place}]", new, "may not change once set")
        return
    if len(known) > len(new) and not spec.get("clusterIPs"):
        yield invalid(f"spec.{key}[0]", new, f"{first} can not be unset")
    if new and known and new[0] != known[0]:
        yield invalid(f"spec.{key}[0]", shown, "may not change once set")
    if len(known) > len(new) == 1 and spec.get("ipFamilyPolicy") != "SingleStack":
        detail = f"must be set to 'SingleStack' when releasing the {second}"
        yield invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), detail)
