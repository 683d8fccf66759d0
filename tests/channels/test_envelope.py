"""Mails against hostile names, files and addresses."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest

from app.channels.base import Attachment, Outgoing
from app.channels.email.envelope import as_mail
from app.kit.errors import Rejected
from tests.channels.mails import some_mail

HOSTILE = [
    "Eve\r\nBcc: victim@elsewhere.example",
    "Eve\nSubject: other",
    'Eve" <eve@evil.example>, "',
    "Eve\x00\x1b[31m",
    "Eve\u202egpj.exe\u2066",
    "é" * 2000,
    "<script>alert(1)</script>",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    message = Outgoing(
        marker=str(uuid4()),
        sender_name=name,
        reply_to="office@harbour.example",
        recipient="accounts@customer.example",
        subject=f"{name}: due",
        text=name,
        headers={"List-Unsubscribe": f"<https://x.example/{name}>", "To": "victim@elsewhere.example"},
    )
    raw = as_mail(message, sender="reminders@duemate.example", needs_utf8=False).as_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    allowed = ["From", "To", "Reply-To", "Subject", "Message-ID", "List-Unsubscribe", "Content-Type"]
    allowed += ["Content-Transfer-Encoding", "MIME-Version"]
    assert sorted(mail.keys()) == sorted(allowed)
    assert [a.addr_spec for a in mail["From"].addresses] == ["reminders@duemate.example"]
    assert [a.addr_spec for a in mail["To"].addresses] == ["accounts@customer.example"]
    assert not mail.defects


def test_a_file_goes_with_the_mail_under_its_name_whatever_that_is() -> None:
    file = Attachment('inv"oice\r\nBcc: x@y.example.pdf', "application/pdf", b"%PDF-1.7 \xff")
    message = replace(some_mail(), attachments=(file,))
    raw = as_mail(message, sender="reminders@duemate.example", needs_utf8=False).as_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    (sent,) = mail.iter_attachments()
    assert sent.get_content() == b"%PDF-1.7 \xff"
    assert sent.get_content_type() == "application/pdf"
    assert sent.get_filename() == 'inv"oice Bcc: x@y.example.pdf'
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@c.example", "a b@c.example", "a@c.example\r\nRCPT TO:<x@y.example>"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    message = Outgoing(marker="m", sender_name="H", reply_to=None, recipient=address, subject="s", text="t")
    with pytest.raises(Rejected, match="not a valid one"):
        as_mail(message, sender="reminders@duemate.example", needs_utf8=False)
