"""HTTP as text: what is written is what is read."""

from podproof.simulator.machine.http import HttpResponse, get, http_date, log_date, parse_request, parse_response
from podproof.simulator.model.times import moment

AT = moment("2026-11-21T02:25:13Z")


def test_a_request_reads_back() -> None:
    request = parse_request(get("web", "/a?b=c", {"user-agent": "Wget"}).text())

    assert request is not None
    assert (request.method, request.target, request.path) == ("GET", "/a?b=c", "/a")
    assert request.headers == {"host": "web", "connection": "close", "user-agent": "Wget"}


def test_a_response_reads_back_with_its_length() -> None:
    response = parse_response(HttpResponse(404, "ä gone\n", {"server": "x"}).text())

    assert response is not None
    assert (response.status, response.body) == (404, "ä gone\n")
    assert response.headers == {"server": "x", "content-length": "8"}


def test_what_is_no_http_is_none() -> None:
    assert parse_request("+PING\r\n") is None
    assert parse_request("hello world\r\n\r\n") is None
    assert parse_response("SSH-2.0\r\n\r\n") is None


def test_dates() -> None:
    assert http_date(AT) == "Sat, 21 Nov 2026 02:25:13 GMT"
    assert log_date(AT) == "21/Nov/2026:02:25:13 +0000"
