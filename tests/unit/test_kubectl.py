"""What kubectl prints, as rows and as text."""

from datetime import UTC, datetime

import pytest

from podproof import kubectl
from podproof.errors import NotModelledError
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T00:01:00Z")
POD = {
    "kind": "Pod",
    "metadata": {"name": "foo", "namespace": "default", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"containers": [{"name": "app"}]},
    "status": {"phase": "Pending"},
}


def test_rows_are_told_by_column() -> None:
    assert kubectl.get("Pod", [POD], NOW) == [
        {"NAME": "foo", "READY": "0/1", "STATUS": "Pending", "RESTARTS": "0", "AGE": "60s"}
    ]


def test_wide_rows_have_more_columns() -> None:
    (row,) = kubectl.get("Pod", [POD], NOW, wide=True)

    assert (row["IP"], row["NODE"]) == ("<none>", "<none>")


def test_the_text_is_kubectls() -> None:
    assert kubectl.printed("Pod", [POD], NOW) == (
        "NAME   READY   STATUS    RESTARTS   AGE\nfoo    0/1     Pending   0          60s\n"
    )


def test_a_kind_whose_columns_are_not_known_is_refused() -> None:
    with pytest.raises(NotModelledError, match="the columns of Flock"):
        kubectl.get("Flock", [], NOW)


def test_the_columns_of_one_object_are_texts() -> None:
    assert kubectl.columns(POD, now=NOW) == {
        "NAME": "foo", "READY": "0/1", "STATUS": "Pending", "RESTARTS": "0", "AGE": "60s"
    }  # fmt: skip


@pytest.mark.parametrize("now", ["2026-01-01T00:01:00Z", datetime(2026, 1, 1, 0, 1, tzinfo=UTC)])
def test_now_may_be_told_as_a_text_or_a_datetime(now: str | datetime) -> None:
    assert kubectl.columns(POD, now=now)["AGE"] == "60s"


def test_truth_is_printed_in_small_letters() -> None:
    driver = {"kind": "CSIDriver", "metadata": {"name": "d"}}

    assert kubectl.columns(driver, now=NOW)["ATTACHREQUIRED"] == "true"
