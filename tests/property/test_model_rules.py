"""Laws of the pure rules."""

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.model import quantities, selectors
from podproof.simulator.model.expansion import expand
from podproof.simulator.model.pod_columns import columns_of
from podproof.simulator.model.pod_phase import TERMINAL, phase
from podproof.simulator.model.quantities import BINARY, DECIMAL, EXPONENT, NANO, Quantity, canonical, parse

amounts = st.integers(min_value=-(2**62) * NANO, max_value=2**62 * NANO)
wholes = st.integers(min_value=-(2**62), max_value=2**62)


@given(amounts, st.sampled_from((DECIMAL, EXPONENT)))
def test_a_quantity_written_and_read_again_is_the_same(nano: int, notation: str) -> None:
    assert parse(canonical(Quantity(nano, notation))).nano == nano


@given(wholes)
def test_so_is_a_binary_one_of_wholes(amount: int) -> None:
    assert parse(canonical(Quantity(amount * NANO, BINARY))).nano == amount * NANO


@given(amounts, st.sampled_from((DECIMAL, EXPONENT)))
def test_the_canonical_form_is_its_own_canonical_form(nano: int, notation: str) -> None:
    written = canonical(Quantity(nano, notation))

    assert canonical(parse(written)) == written


@given(amounts, amounts)
def test_sums_do_not_depend_on_order(left: int, right: int) -> None:
    assert (Quantity(left) + Quantity(right)).nano == (Quantity(right) + Quantity(left)).nano == left + right


@given(st.text(alphabet=string.printable, max_size=12))
def test_any_text_is_a_quantity_or_refused_with_a_reason(text: str) -> None:
    try:
        found = parse(text)
    except quantities.QuantityError as error:
        reason = str(error)
        assert reason.startswith(("quantities must match", "unable to parse"))
    else:
        assert parse(canonical(found)).nano == found.nano or found.notation == BINARY


words = st.text(alphabet="abc", min_size=1, max_size=2)
label_maps = st.dictionaries(words, words, max_size=4)
word_sets = st.lists(words, min_size=1, max_size=3)


@given(label_maps, words, word_sets)
def test_in_and_notin_are_opposites(labels: dict[str, str], key: str, values: list[str]) -> None:
    listed = ",".join(values)

    assert selectors.parse(f"{key} in ({listed})")(labels) != selectors.parse(f"{key} notin ({listed})")(labels)


@given(label_maps)
def test_labels_match_themselves(labels: dict[str, str]) -> None:
    text = ",".join(f"{key}={value}" for key, value in labels.items())

    assert selectors.parse(text)(labels)
    assert selectors.matches({"matchLabels": labels}, labels)


@given(label_maps, label_maps, st.tuples(words, words))
def test_a_further_demand_never_adds_a_match(
    asked: dict[str, str], labels: dict[str, str], more: tuple[str, str]
) -> None:
    narrower = {more[0]: more[1], **asked}

    assert selectors.matches_map(asked, labels) or not selectors.matches_map(narrower, labels)


@given(st.text(max_size=40))
def test_any_text_is_a_selector_or_refused_with_a_reason(text: str) -> None:
    try:
        test = selectors.parse(text)
    except selectors.SelectorError as error:
        reason = str(error)
        assert "found '" in reason or "Invalid value" in reason
    else:
        assert test({}) in (True, False)


@given(st.text().filter(lambda text: "$" not in text), label_maps)
def test_a_text_without_a_dollar_is_left_alone(text: str, known: dict[str, str]) -> None:
    assert expand(text, known) == text


@given(st.text())
def test_doubled_dollars_protect_everything(text: str) -> None:
    assert expand(text.replace("$", "$$"), {"A": "changed"}) == text


@given(st.text(alphabet="$(A)x", max_size=12))
def test_without_variables_only_doubled_dollars_are_lost(text: str) -> None:
    assert len(text) - text.count("$$") <= len(expand(text)) <= len(text)


exits = st.fixed_dictionaries(
    {"exitCode": st.sampled_from((0, 1, 137)), "reason": st.sampled_from(("Completed", "Error"))}
)
states = st.one_of(
    st.just({"waiting": {"reason": "ContainerCreating"}}),
    st.just({"running": {}}),
    st.builds(lambda ended: {"terminated": ended}, exits),
)
statuses = st.fixed_dictionaries(
    {
        "state": states,
        "lastState": st.one_of(st.just({}), st.builds(lambda ended: {"terminated": ended}, exits)),
        "ready": st.booleans(),
        "started": st.booleans(),
        "restartCount": st.integers(0, 3),
    }
)


@st.composite
def pods(draw: st.DrawFn) -> dict[str, Any]:
    init, apps = draw(st.lists(statuses, max_size=2)), draw(st.lists(statuses, min_size=1, max_size=3))
    sidecars = draw(st.lists(st.booleans(), min_size=len(init), max_size=len(init)))
    init_specs = [
        {"name": f"i{index}", **({"restartPolicy": "Always"} if stays else {})} for index, stays in enumerate(sidecars)
    ]
    spec = {
        "restartPolicy": draw(st.sampled_from(("Always", "OnFailure", "Never"))),
        "initContainers": init_specs,
        "containers": [{"name": f"c{index}"} for index in range(len(apps))],
    }
    status = {
        "phase": "Running",
        "initContainerStatuses": [{"name": f"i{index}", **row} for index, row in enumerate(init)],
        "containerStatuses": [{"name": f"c{index}", **row} for index, row in enumerate(apps)],
    }
    return {"metadata": {"name": "p"}, "spec": spec, "status": status}


def phase_of(pod: dict[str, Any]) -> str:
    status = pod["status"]
    return phase(pod["spec"], [*status["initContainerStatuses"], *status["containerStatuses"]])


@given(pods())
def test_a_pod_whose_app_runs_has_not_ended_unless_its_init_failed_for_good(pod: dict[str, Any]) -> None:
    app_runs = any("running" in row["state"] for row in pod["status"]["containerStatuses"])

    assert not app_runs or phase_of(pod) != "Succeeded"


@given(pods())
def test_a_pod_that_is_always_restarted_never_ends(pod: dict[str, Any]) -> None:
    assert pod["spec"]["restartPolicy"] != "Always" or phase_of(pod) not in TERMINAL


@given(pods())
def test_the_phase_does_not_depend_on_the_order_of_statuses(pod: dict[str, Any]) -> None:
    rows = [*pod["status"]["initContainerStatuses"], *pod["status"]["containerStatuses"]]

    assert phase(pod["spec"], rows) == phase(pod["spec"], rows[::-1])


@given(pods())
def test_never_more_containers_are_ready_than_there_are(pod: dict[str, Any]) -> None:
    columns = columns_of(pod)
    status = pod["status"]
    restarts = [row["restartCount"] for row in (*status["initContainerStatuses"], *status["containerStatuses"])]

    assert 0 <= columns.ready <= columns.total
    assert 0 <= columns.restarts <= sum(restarts)
    assert columns.status
