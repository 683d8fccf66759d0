"""Whatever stands in a header, its readers get back: as one mailbox, one subject, one address of a page."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.base import Outgoing
from app.channels.email.envelope import as_mail
from app.channels.email.header_lines import one_line

_US, _REPLY = "reminders@duemate.example", "reply+rmjo6idvwcpium26hbhu6ukxu4@reply.duemate.example"
_MAIL = Outgoing(
    marker="1", sender_name="", reply_to=_REPLY, recipient="a@customer.example", subject="", text="Hello"
)
_INJECTION = "=?utf-8?q?a=0D=0ABcc=3A_v=40x=2Eexample?="
_WORDS = st.sampled_from(
    ["Harbour", "&", "Ltd,", "(UK)", "Müller", "£111.00", '"x"', "\\", ";", ":", "=?", "?="]
)
_LONG_WORDS = st.sampled_from(["<evil@x.example>,", "A" * 60, "é" * 40, "株" * 30, "🎉", _INJECTION])
_NAMES = st.lists(_WORDS | _LONG_WORDS, min_size=1, max_size=14).map(" ".join)


def test_the_address_to_unsubscribe_at_stays_one_however_long_it_is() -> None:
    address = f"<https://reminders.harbour-and-pine.example/unsubscribe/{'x' * 43}>"
    raw = _written(replace(_MAIL, headers={"List-Unsubscribe": address}))
    assert f"List-Unsubscribe: {address}\r\n".encode() in raw


@pytest.mark.parametrize(
    "subject",
    [
        "Harbour & Pine Studio Ltd: reminder about invoice INV-0011, £111.00",
        "Cedar & Hale Studio LLC <&'\"%_\\>: reminder about invoice 10020, $120.00",
        f"{_INJECTION} owes",
        "A" * 2000,
    ],
)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    assert _read(_written(replace(_MAIL, subject=subject)))["Subject"] == subject


@pytest.mark.parametrize("needs_utf8", [False, True])
@given(text=_NAMES)
def test_any_name_is_the_name_of_one_mailbox_and_adds_no_header(text: str, needs_utf8: bool) -> None:
    raw = _written(replace(_MAIL, sender_name=text, subject=text), needs_utf8=needs_utf8)
    mail = _read(raw)
    assert mail["Subject"] == text
    assert [str(mail[name]) for name in ("Bcc", "Cc")] == ["None", "None"]
    for name, address in (("From", _US), ("Reply-To", _REPLY)):
        # Read as a server does that knows nothing of encoded words: one mailbox, and its name is the whole of it.
        ((shown, found),) = getaddresses([_plainly(raw, name)])
        assert (str(make_header(decode_header(shown))), found) == (one_line(text), address)
    assert max(map(len, raw.split(b"\r\n"))) < 998


def _written(message: Outgoing, *, needs_utf8: bool = False) -> bytes:
    return as_mail(message, sender=_US, needs_utf8=needs_utf8).as_bytes()


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def _plainly(raw: bytes, name: str) -> str:
    head = raw.decode().partition("\r\n\r\n")[0].replace("\r\n ", " ")
    (line,) = (line for line in head.split("\r\n") if line.startswith(f"{name}: "))
    return line.removeprefix(f"{name}: ")
