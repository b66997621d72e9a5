"""The resolver: the names asked for, in their order."""

import pytest

from podproof.simulator.machine.dns import Resolver, candidates, from_hosts, is_address

SEARCH = ("default.svc.cluster.local", "svc.cluster.local", "cluster.local")

ASKED = {
    "a plain name tries the search list first": (
        "db",
        ("db.default.svc.cluster.local", "db.svc.cluster.local", "db.cluster.local", "db"),
    ),
    "a name with few dots does too": (
        "db.prod",
        ("db.prod.default.svc.cluster.local", "db.prod.svc.cluster.local", "db.prod.cluster.local", "db.prod"),
    ),
    "a name with five dots is asked for as it is first": (
        "a.b.c.d.e.f",
        (
            "a.b.c.d.e.f",
            "a.b.c.d.e.f.default.svc.cluster.local",
            "a.b.c.d.e.f.svc.cluster.local",
            "a.b.c.d.e.f.cluster.local",
        ),
    ),
    "a closing dot forbids the search list": ("db.", ("db",)),
}


@pytest.mark.parametrize(("name", "wanted"), ASKED.values(), ids=ASKED.keys())
def test_candidates(name: str, wanted: tuple[str, ...]) -> None:
    assert candidates(name, SEARCH) == wanted


def test_the_first_name_with_an_address_answers() -> None:
    known = {"db.svc.cluster.local": ("10.96.1.1",)}

    answer = Resolver(("10.96.0.10",), SEARCH).resolve("db", lambda name: known.get(name, ()))

    assert answer.canonical == "db.svc.cluster.local"
    assert answer.addresses == ("10.96.1.1",)
    assert answer.tried == ("db.default.svc.cluster.local", "db.svc.cluster.local")


def test_no_such_name() -> None:
    answer = Resolver(("10.96.0.10",), SEARCH).resolve("db", lambda name: ())

    assert (answer.canonical, answer.addresses, len(answer.tried)) == (None, (), 4)


def test_resolv_conf_as_a_pod_sees_it() -> None:
    assert Resolver(("10.96.0.10",), SEARCH).text() == (
        "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
    )


def test_hosts_lines_have_several_names_and_comments() -> None:
    hosts = "# managed\n127.0.0.1\tlocalhost\n10.244.0.2 web web.local # me\n"

    assert from_hosts("web.local", hosts) == ("10.244.0.2",)
    assert from_hosts("me", hosts) == ()


ADDRESSES = {
    "10.0.0.1": True, "fe80::1": True, "10.0.0": False, "10.0.0.256": False, "myservice": False, "a.b.c.d": False,
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_is_address(text: str, wanted: bool) -> None:
    assert is_address(text) is wanted
