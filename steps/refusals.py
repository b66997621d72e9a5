"""What the API refuses: an error, unless the next line of the story says that it is expected."""

from collections.abc import Sequence

from podproof.cluster import Applied
from podproof.proof import NotSoError, RefusedError
from podproof.steps.phrases import Phrase, says
from podproof.steps.scene import Scene

_EXPECTED = tuple(
    Phrase(each)
    for each in (
        'it is refused with "{text}"',
        'the manifest is refused with "{text}"',
        'the manifest "{name}" is refused with "{text}"',
        'the change is refused with "{text}"',
    )
)


def settle(scene: Scene, action: str, outcomes: Sequence[Applied]) -> None:
    """Remember what was refused for the next step.

    Raises:
        RefusedError: something was, and the next step does not expect it.
    """
    scene.refused = tuple(each for each in outcomes if each.refusal is not None)
    if scene.refused and not any(each.is_matching(scene.following) for each in _EXPECTED):
        raise RefusedError(action, scene.refused)


@says(_EXPECTED[0].name)
@says(_EXPECTED[1].name)
@says(_EXPECTED[2].name)
@says(_EXPECTED[3].name)
def it_is_refused(scene: Scene, text: str) -> None:
    wanted = f'it is refused with "{text}"'
    if not scene.refused:
        raise NotSoError(wanted, "nothing was refused in the step before: the API took it as it is")
    messages = [each.refusal.message for each in scene.refused if each.refusal]
    if not any(text in message for message in messages):
        raise NotSoError(wanted, "it is refused with:\n" + "\n".join(f"  {each}" for each in messages))
