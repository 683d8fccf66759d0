"""The page of the business's own mail server."""

import pytest

from app.models import OwnMailServer
from app.reminders.mail_servers import can_send_mail, mail_access
from tests.sandbox.client import SandboxClient
from tests.web.conftest import House

TYPED = {
    "sender": "accounts@harbour.example",
    "host": "127.0.0.1",
    "port": "587",
    "security": "none",
    "user": "",
    "password": "",
}


def row(house: House) -> OwnMailServer:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.query(OwnMailServer).one()


def is_used(house: House) -> bool:
    with house.ground.database.tenant(house.tenant_id) as session:
        return mail_access(session, house.ground).own_server is not None


@pytest.fixture
def named(house: House, sandbox: SandboxClient) -> House:
    """A server of the business's own: the sandbox's."""
    answer = house.owner.post("/settings/mail", **{**TYPED, "port": str(sandbox.smtp_port)})
    assert answer.status_code == 303
    return house


def test_a_server_is_used_once_a_test_mail_has_left_by_it(named: House, sandbox: SandboxClient) -> None:
    assert not is_used(named)
    assert "Not tested" in named.owner.page("/settings/mail").text
    assert named.owner.post("/settings/mail/test").status_code == 303
    (mail,) = sandbox.get("/mail/api/messages").json()
    assert (mail["from"], mail["to"]) == ("accounts@harbour.example", ["ada@harbour.example"])
    assert is_used(named)
    assert "Yours" in named.owner.page("/settings/mail").text
    with named.ground.database.tenant(named.tenant_id) as session:
        assert can_send_mail(session, named.ground.settings)


def test_a_change_has_to_be_tested_again(named: House) -> None:
    named.owner.post("/settings/mail/test")
    named.owner.post("/settings/mail", **TYPED)
    assert not is_used(named)


def test_a_server_that_refuses_the_test_is_not_used_and_says_why(
    named: House, sandbox: SandboxClient
) -> None:
    sandbox.fault("mail", "550")
    named.owner.post("/settings/mail/test")
    assert "refused" in named.owner.page("/settings/mail").text
    assert not is_used(named)


def test_a_line_that_broke_proves_nothing(named: House, sandbox: SandboxClient) -> None:
    sandbox.fault("mail", "drop")
    named.owner.post("/settings/mail/test")
    assert "Look into your inbox" in named.owner.page("/settings/mail").text
    assert not is_used(named)


def test_a_password_is_sealed_never_shown_and_kept_for_its_own_server_only(house: House) -> None:
    house.owner.post("/settings/mail", **{**TYPED, "user": "mailer", "password": "open sesame"})
    sealed = row(house).password_sealed
    assert sealed is not None
    assert b"sesame" not in sealed
    assert "sesame" not in house.owner.open("/settings/mail").text
    house.owner.post("/settings/mail", **{**TYPED, "user": "mailer", "port": "465"})
    assert row(house).password_sealed == sealed
    house.owner.post("/settings/mail", **{**TYPED, "user": "mailer", "host": "smtp.stranger.example"})
    assert row(house).password_sealed is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", ""),
        ("host", "smtp.example.com/path"),
        ("host", "smtp example"),
        ("host", "-"),
        ("port", "0"),
        ("port", "99999"),
        ("port", "٣"),
        ("port", "587; DROP"),
        ("security", "ssl"),
        ("sender", "nobody"),
        ("sender", "a@b.example\r\nBcc: x@y.example"),
        ("user", "u" * 201),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(house: House, name: str, value: str) -> None:
    answer = house.owner.post("/settings/mail", **{**TYPED, name: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.query(OwnMailServer).count() == 0


def test_a_forgotten_server_is_gone(named: House) -> None:
    named.owner.post("/settings/mail/test")
    named.owner.post("/settings/mail/forget")
    assert not is_used(named)
    assert "Ours" in named.owner.page("/settings/mail").text


def test_without_a_server_there_is_nothing_to_test(house: House) -> None:
    house.owner.post("/settings/mail/test")
    assert "no mail server of your own" in house.owner.page("/settings/mail").text
