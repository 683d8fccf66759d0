"""From a finished message to the bytes of a mail. Pure; hostile names cannot become headers."""

from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from app.channels.base import Outgoing
from app.channels.email.header_lines import HeaderLines, in_words, one_line
from app.kit.errors import Rejected

# Ours alone: what a message brings along may not replace them.
_OWN_HEADERS = frozenset({"from", "to", "cc", "bcc", "reply-to", "subject", "message-id"})


def parsed_address(address: str) -> ValidatedEmail:
    """The address, checked for its form only. Raises Rejected."""
    try:
        return validate_email(address, check_deliverability=False)
    except EmailNotValidError as invalid:
        raise Rejected("The e-mail address is not a valid one.") from invalid


def message_id(marker: str, sender: str) -> str:
    """The Message-ID of an attempt, with its angle brackets."""
    return f"<{marker}@{sender.rpartition('@')[2]}>"


def with_plain_copies(message: Outgoing) -> Outgoing:
    """Without copies to addresses that only a mail server of a newer kind takes (RFC 6531), or that are none."""
    return replace(
        message,
        also_to=tuple(filter(_is_plain, message.also_to)),
        cc=tuple(filter(_is_plain, message.cc)),
        bcc=tuple(filter(_is_plain, message.bcc)),
    )


def _is_plain(address: str) -> bool:
    try:
        return parsed_address(address).ascii_email is not None
    except Rejected:
        return False


def as_mail(message: Outgoing, *, sender: str, needs_utf8: bool) -> EmailMessage:
    """The mail: text first, then HTML. Raises Rejected for an address that is none."""
    mail = EmailMessage(policy=HeaderLines(linesep="\r\n", utf8=needs_utf8))
    mail["From"] = _mailbox(one_line(message.sender_name), sender)
    mail["To"] = [_mailbox("", address) for address in (message.recipient, *message.also_to)]
    if message.cc:
        mail["Cc"] = [_mailbox("", address) for address in message.cc]
    if message.reply_to:
        mail["Reply-To"] = _mailbox(one_line(message.sender_name), message.reply_to)
    mail["Subject"] = in_words(one_line(message.subject))
    mail["Message-ID"] = message_id(message.marker, sender)
    for name, value in message.headers.items():
        if name.lower() not in _OWN_HEADERS:
            mail[name] = in_words(one_line(value))
    mail.set_content(message.text, cte="quoted-printable")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    for file in message.attachments:
        main, _, sub = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.name))
    return mail


def _mailbox(name: str, address: str) -> Address:
    parsed = parsed_address(address)
    return Address(display_name=name, username=parsed.local_part, domain=parsed.ascii_domain or parsed.domain)
