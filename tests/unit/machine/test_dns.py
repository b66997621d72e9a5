"""The resolver: the names asked for, in their order."""

import pytest

from podproof.simulator.machine.dns import NameTable, Resolver, candidates, from_hosts, is_address
from podproof.simulator.model.dns_records import Reply

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


TABLE = NameTable(
    {
        "db.svc.cluster.local": ("10.96.1.1",),
        "example.com": ("192.0.2.1", "2001:db8::1"),
        "www.example.com": ("example.com",),
        "round.example.com": ("round.example.com",),
    }
)


def test_the_first_name_with_an_address_answers() -> None:
    answer = Resolver(("10.96.0.10",), SEARCH).resolve("db", TABLE)

    assert answer.canonical == "db.svc.cluster.local"
    assert answer.addresses == ("10.96.1.1",)
    assert answer.tried == ("db.default.svc.cluster.local", "db.svc.cluster.local")


def test_no_such_name() -> None:
    answer = Resolver(("10.96.0.10",), SEARCH).resolve("nobody", TABLE)

    assert (answer.canonical, answer.addresses, len(answer.tried)) == (None, (), 4)


def _told(reply: Reply) -> tuple[str, list[str]]:
    return reply.code, [f"{each.type} {each.data}" for each in reply.records]


ANSWERS = {
    "an address": ("example.com", "A", ("NOERROR", ["A 192.0.2.1"])),
    "one of the other family": ("example.com", "AAAA", ("NOERROR", ["AAAA 2001:db8::1"])),
    "no address of that family": ("db.svc.cluster.local", "AAAA", ("NOERROR", [])),
    "another name's address": ("WWW.example.com.", "A", ("NOERROR", ["CNAME example.com", "A 192.0.2.1"])),
    "a name that stands for itself": ("round.example.com", "A", ("SERVFAIL", [])),
    "no such name": ("example.org", "A", ("NXDOMAIN", [])),
    "the owner of an address": ("1.2.0.192.in-addr.arpa", "PTR", ("NOERROR", ["PTR example.com"])),
    "an address that nobody has": ("9.2.0.192.in-addr.arpa", "PTR", ("NXDOMAIN", [])),
}


@pytest.mark.parametrize(("name", "kind", "wanted"), ANSWERS.values(), ids=ANSWERS.keys())
def test_names_outside(name: str, kind: str, wanted: tuple[str, list[str]]) -> None:
    assert _told(TABLE(name, kind)) == wanted


def test_a_table_that_does_not_answer_fails_each_question() -> None:
    table = NameTable({"example.com": ("192.0.2.1",)})
    table.answers = False

    assert table("example.com", "A").code == "SERVFAIL"


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
