import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox


def mail(message_id: str = "<one@duemate.example>", to: str = "payer@customer.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Harbour Lane Joinery <reminders@duemate.example>"
    message["To"] = to
    message["Subject"] = "Invoice INV-9: £1,234.50 was due on 3 Dec"
    message["Message-ID"] = message_id
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("Dear Zoë,\n\nplease pay.\n")
    message.add_alternative("<p>Dear Zoë,</p><script>alert(1)</script>", subtype="html")
    return message


@contextmanager
def connected(sandbox: SandboxClient) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as connection:
        yield connection


def send(sandbox: SandboxClient, message: EmailMessage | None = None) -> None:
    with connected(sandbox) as connection:
        connection.send_message(message or mail())


def accepted(sandbox: SandboxClient, message_id: str = "<one@duemate.example>") -> requests.Response:
    return sandbox.get("/mail/api/accepted", params={"message_id": message_id})


def test_a_mail_is_kept_as_it_came(sandbox: SandboxClient) -> None:
    send(sandbox)
    (kept,) = sandbox.get("/mail/api/messages").json()
    assert kept["from"] == "reminders@duemate.example"
    assert kept["to"] == ["payer@customer.example"]
    assert kept["subject"] == "Invoice INV-9: £1,234.50 was due on 3 Dec"
    assert kept["text"].splitlines() == ["Dear Zoë,", "", "please pay."]
    assert kept["html"].startswith("<p>Dear Zoë,</p>")
    assert ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"] in kept["headers"]
    assert kept["message_id"] == "<one@duemate.example>"
    assert kept["size"] > 300


def test_a_mail_is_stamped_with_virtual_time(sandbox: SandboxClient) -> None:
    before = sandbox.advance(days=2)
    send(sandbox)
    (kept,) = sandbox.get("/mail/api/messages").json()
    assert before.isoformat()[:15] == kept["received_at"][:15]


def test_the_search_knows_what_was_accepted(sandbox: SandboxClient) -> None:
    assert accepted(sandbox).status_code == 404
    assert accepted(sandbox).json() == {"accepted": False}
    send(sandbox)
    assert accepted(sandbox).json()["accepted"] is True
    assert accepted(sandbox, "one@duemate.example").json()["id"] == "1"


def test_a_second_mail_with_the_same_id_is_marked(sandbox: SandboxClient) -> None:
    send(sandbox)
    send(sandbox)
    send(sandbox, mail("<two@duemate.example>"))
    kept = sandbox.get("/mail/api/messages").json()
    assert [row["repeat"] for row in kept] == [False, True, False]
    assert "sent twice" in sandbox.get("/mail/").text


def test_an_address_outside_ascii_is_written_to(sandbox: SandboxClient) -> None:
    send(sandbox, mail(to="zoë@bücher.example"))
    assert sandbox.get("/mail/api/messages").json()[0]["to"] == ["zoë@bücher.example"]


@pytest.mark.parametrize(("kind", "status"), [("451", 451), ("550", 550)])
def test_a_refused_recipient_gets_nothing(sandbox: SandboxClient, kind: str, status: int) -> None:
    sandbox.fault("mail", kind, match="payer@customer.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(sandbox)
    assert refused.value.recipients["payer@customer.example"][0] == status
    assert accepted(sandbox).status_code == 404
    send(sandbox)
    assert accepted(sandbox).status_code == 200


def test_a_mail_can_be_refused_after_its_text(sandbox: SandboxClient) -> None:
    sandbox.fault("mail", "451", match="DATA")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(sandbox)
    assert refused.value.smtp_code == 451
    assert accepted(sandbox).status_code == 404


def test_an_answer_lost_after_acceptance_is_settled_by_the_search(sandbox: SandboxClient) -> None:
    sandbox.fault("mail", "drop")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sandbox)
    assert accepted(sandbox).json()["accepted"] is True


def test_a_line_cut_before_acceptance_is_settled_by_the_search(sandbox: SandboxClient) -> None:
    sandbox.fault("mail", "drop-before")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sandbox)
    assert accepted(sandbox).json() == {"accepted": False}


def test_a_late_answer_leaves_an_impatient_client_not_knowing_that_the_mail_was_taken(
    sandbox: SandboxClient,
) -> None:
    sandbox.fault("mail", "latency", value=3)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as connection:
        connection.ehlo()
        assert connection.sock is not None
        connection.sock.settimeout(1)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            connection.send_message(mail())
    assert accepted(sandbox).status_code == 200


def test_the_search_itself_can_fail(sandbox: SandboxClient) -> None:
    sandbox.fault("mail-search", "503")
    assert accepted(sandbox).status_code == 503
    assert accepted(sandbox).status_code == 404


def test_an_overlarge_mail_is_refused_and_a_login_is_asked_for_when_set(tmp_path: Path) -> None:
    variables = {
        "SANDBOX_SMTP_USER": "duemate",
        "SANDBOX_SMTP_PASSWORD": "secret",
        "SANDBOX_SMTP_SIZE_LIMIT": "2000",
    }
    with started_sandbox(tmp_path, "http://127.0.0.1:1", **variables) as sandbox:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            send(sandbox)
        assert refused.value.smtp_code == 530
        with connected(sandbox) as connection:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                connection.login("duemate", "wrong")
            connection.login("duemate", "secret")
            connection.send_message(mail())
            large = mail("<large@duemate.example>")
            large.add_attachment(b"x" * 5000, maintype="application", subtype="pdf")
            with pytest.raises(smtplib.SMTPSenderRefused) as too_large:
                connection.send_message(large)
        assert too_large.value.smtp_code == 552
        assert len(sandbox.get("/mail/api/messages").json()) == 1


def test_the_list_can_be_narrowed_and_cleared(sandbox: SandboxClient) -> None:
    for number in range(3):
        send(sandbox, mail(f"<{number}@duemate.example>", f"payer{number}@customer.example"))
    later = sandbox.get("/mail/api/messages", params={"after": 1}).json()
    assert [row["id"] for row in later] == ["2", "3"]
    theirs = sandbox.get("/mail/api/messages", params={"to": "Payer0@"}).json()
    assert [row["id"] for row in theirs] == ["1"]
    short = sandbox.get("/mail/api/messages", params={"short": 1}).json()
    assert [row["message_id"] for row in short] == [f"<{number}@duemate.example>" for number in range(3)]
    assert "html" not in short[0]
    assert sandbox.delete("/mail/api/messages").status_code == 204
    assert sandbox.get("/mail/api/messages").json() == []
    assert accepted(sandbox, "<0@duemate.example>").status_code == 404


def test_the_inbox_lists_mails_and_shows_one(sandbox: SandboxClient) -> None:
    assert "Nothing has been sent yet" in sandbox.get("/mail/").text
    send(sandbox)
    inbox, page = sandbox.get("/mail/").text, sandbox.get("/mail/1").text
    assert "Invoice INV-9: £1,234.50 was due on 3 Dec" in inbox
    for shown in ("Dear Zoë,", "List-Unsubscribe-Post", "Harbour Lane Joinery", 'src="/mail/1/html"'):
        assert shown in page
    assert sandbox.get("/mail/99").status_code == 404


def test_a_mails_html_cannot_run_script(sandbox: SandboxClient) -> None:
    send(sandbox)
    html = sandbox.get("/mail/1/html")
    assert "<p>Dear Zoë,</p>" in html.text
    policy = html.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "<script>" not in sandbox.get("/mail/1").text


def test_an_odd_mail_is_kept_and_shown(sandbox: SandboxClient) -> None:
    raw = b"Subject: =?utf-9?q?odd?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nQapla\xe2\r\n"
    with connected(sandbox) as connection:
        connection.sendmail("a@duemate.example", ["b@customer.example"], raw)
    (kept,) = sandbox.get("/mail/api/messages").json()
    assert kept["message_id"] == ""
    assert kept["text"].startswith("Qapla")
    assert sandbox.get("/mail/1").status_code == 200


def test_a_reset_empties_the_inbox(sandbox: SandboxClient) -> None:
    send(sandbox)
    sandbox.reset()
    assert sandbox.get("/mail/api/messages").json() == []
