"""How volumes may be mounted, as volumes and claims both say it.

Source: pkg/apis/core/validation/validation.go, supportedAccessModes, supportedVolumeModes.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, forbidden, required, unsupported

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
_ALONE = "ReadWriteOncePod"


def access_mode_faults(modes: Sequence[str], field: str, detail: str = "") -> Iterator[Fault]:
    """Yield what is wrong with access modes; `detail` says more where there are none."""
    if not modes:
        yield required(field, detail)
    yield from mode_choice_faults(modes, field)


def mode_choice_faults(modes: Sequence[str], field: str) -> Iterator[Fault]:
    """Yield a fault for each access mode that does not exist, or does not go with the others."""
    for mode in modes:
        if mode not in ACCESS_MODES:
            yield unsupported(field, mode, ACCESS_MODES)
    if _ALONE in modes and any(mode in ACCESS_MODES for mode in modes if mode != _ALONE):
        yield forbidden(field, f"may not use {_ALONE} with other access modes")
