"""Who wrote an incoming mail, and which of its words are theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import ReplyKind
from app.reminders.reply_quotes import own_words, text_of_html
from app.reminders.reply_reading import read_reply

SENDER = "payer@customer.example"


def mail(*headers: str, body: str = "I pay on Friday.") -> bytes:
    told = ["From: Zoë Payer <payer@customer.example>", "Subject: Re: invoice INV-1", *headers, "", body]
    return "\r\n".join(told).encode()


def test_a_person_writes() -> None:
    read = read_reply(mail(), envelope_from=SENDER)
    assert read.kind is ReplyKind.WRITTEN
    assert (read.sender, read.subject, read.text) == (SENDER, "Re: invoice INV-1", "I pay on Friday.")


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "List-Id: <news.customer.example>",
        "Subject: Automatic reply: invoice",
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="x"',
    ],
)
def test_a_machine_that_answers_for_somebody_is_no_person(header: str) -> None:
    told = mail(header)
    if header.startswith("Subject"):
        told = told.replace(b"Subject: Re: invoice INV-1\r\n", b"")
    assert read_reply(told, envelope_from=SENDER).kind is ReplyKind.AUTOMATIC


def test_a_mail_without_an_envelope_sender_is_no_person() -> None:
    assert read_reply(mail(), envelope_from="").kind is ReplyKind.AUTOMATIC


def test_a_mail_that_says_it_was_not_automatic_is_a_persons() -> None:
    assert read_reply(mail("Auto-Submitted: no"), envelope_from=SENDER).kind is ReplyKind.WRITTEN


REPORT = """From: Mail Delivery <mailer-daemon@mx.customer.example>
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; accounts@customer.example
Action: {action}
Status: {status}

--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "failed"),
    [
        ("failed", "5.1.1", ("accounts@customer.example", "5.1.1")),
        ("delayed", "4.2.2", (None, None)),
        ("failed", "4.4.7", (None, None)),
    ],
)
def test_a_mail_servers_report_names_the_address_that_failed_for_good(
    action: str, status: str, failed: tuple[str | None, str | None]
) -> None:
    raw = REPORT.format(action=action, status=status).replace("\n", "\r\n").encode()
    read = read_reply(raw, envelope_from="")
    assert read.kind is ReplyKind.BOUNCE
    assert (read.failed_recipient, read.failed_code) == failed


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Paid!\n\nOn Fri, 20 Nov 2026 at 10:00, Harbour <a@b.example> wrote:\n> Invoice\n> due", "Paid!"),
        ("Paid!\n\nOn Fri, 20 Nov 2026 at 10:00, Harbour\n<a@b.example> wrote:\n\nInvoice\ndue", "Paid!"),
        ("Bezahlt.\n\nAm 20.11.26 um 10:00 schrieb Harbour:\n> Rechnung", "Bezahlt."),
        ("Payé.\n\nLe 20 nov. 2026 à 10:00, Harbour a écrit :\n> Facture", "Payé."),
        ("Done\n-----Original Message-----\nFrom: x\nwords", "Done"),
        ("Done\n________________________________\nFrom: Harbour\nSent: Friday\nwords", "Done"),
        ("Done\nFrom: Harbour <a@b.example>\nSent: Friday\nTo: me\nwords", "Done"),
        ("> Did you pay?\nYes.\n> And the other?\nTomorrow.", "Yes.\nTomorrow."),
        ("On Fri, Harbour wrote:\n> Did you pay?\nYes, below.", "Yes, below."),
        ("On Monday I wrote:\nplease wait", "On Monday I wrote:\nplease wait"),
        ("> only what was quoted", "> only what was quoted"),
        ("From: the office we hear it is paid", "From: the office we hear it is paid"),
        ("", ""),
    ],
)
def test_what_is_quoted_is_cut_and_never_everything(text: str, own: str) -> None:
    assert own_words(text) == own


def test_a_mail_in_html_alone_is_read() -> None:
    body = "<style>p{}</style><p>I pay&nbsp;on Friday.</p><script>alert(1)</script><div>Zoë</div>"
    read = read_reply(mail("Content-Type: text/html; charset=utf-8", body=body), envelope_from=SENDER)
    assert "alert" not in read.text
    assert read.text.split() == ["I", "pay", "on", "Friday.", "Zoë"]
    assert text_of_html("a<br>b") == "a\nb"


def test_a_character_set_that_nobody_knows_loses_no_mail() -> None:
    read = read_reply(mail("Content-Type: text/plain; charset=klingon"), envelope_from=SENDER)
    assert read.text == "I pay on Friday."


def test_control_characters_are_left_out() -> None:
    told = mail("Content-Type: text/plain; charset=utf-8", body="a\x00b\x1b[31mc\u202ed")
    assert read_reply(told, envelope_from=SENDER).text == "ab[31mcd"


def test_a_space_of_any_kind_still_parts_two_words() -> None:
    """Outlook writes no-break spaces, and Japanese has one as wide as a letter."""
    told = mail("Content-Type: text/plain; charset=utf-8", body="Pay\u00a0120\u202f000,\u3000or not?")
    assert read_reply(told, envelope_from=SENDER).text == "Pay 120 000, or not?"


def test_a_long_line_takes_no_time() -> None:
    assert own_words("on " * 50_000 + "wrot").startswith("on on")


HEADERS = st.sampled_from(["From", "Subject", "Content-Type", "Auto-Submitted", "Content-Transfer-Encoding"])


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=60))), st.binary(max_size=300))
def test_no_mail_breaks_the_reading(headers: list[tuple[str, bytes]], body: bytes) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + body
    read = read_reply(raw, envelope_from=SENDER)
    assert "\0" not in read.text + read.subject
