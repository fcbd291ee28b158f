"""Foreign hosts and pages are refused; only loopback is bound."""

import pytest

from fleet.api.guard import refuse
from fleet.api.listen import check_bind, is_loopback
from fleet.errors import UserError


def scope(method: str = "POST", **headers: str) -> dict[str, object]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": pairs}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.9.9.9"])
def test_loopback_names_are_loopback(host: str) -> None:
    assert is_loopback(host)
    check_bind(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "fleet.example", ""])
def test_binding_anything_else_is_refused_until_there_is_sign_in(host: str) -> None:
    with pytest.raises(UserError, match="not a loopback address") as caught:
        check_bind(host)
    assert "tunnel" in caught.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
def test_requests_to_loopback_hosts_pass(host: str) -> None:
    assert refuse(scope(host=host)) is None


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""])
def test_a_rebound_dns_name_is_refused_for_reading_too(host: str) -> None:
    refusal = refuse(scope("GET", host=host))
    assert refusal is not None
    assert refusal.code == "FOREIGN_HOST"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:5173", "http://127.0.0.1:8081"]
)
def test_a_foreign_page_may_not_command(origin: str) -> None:
    refusal = refuse(scope(host="127.0.0.1:8080", origin=origin))
    assert refusal is not None
    assert refusal.code == "FOREIGN_ORIGIN"
    assert origin in refusal.message


def test_a_foreign_page_may_not_open_the_stream() -> None:
    opening = {**scope(host="127.0.0.1:8080", origin="http://evil.example"), "type": "websocket"}
    assert refuse(opening) is not None


def test_our_own_page_may_command() -> None:
    assert refuse(scope(host="127.0.0.1:8080", origin="http://127.0.0.1:8080")) is None
