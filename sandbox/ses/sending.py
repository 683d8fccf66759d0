"""`SendEmail`: checked against the API's own model, taken into the inbox, and told about by events."""

import base64
import binascii
import re
from email.utils import parseaddr
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from flask import Blueprint, Response, jsonify, request

from sandbox.ses.events import Sent
from sandbox.ses.refusals import SesError, check_key
from sandbox.ses.state import SesState
from sandbox.world import World

Json = dict[str, Any]
_MOST_RECIPIENTS = 50
LARGEST = 40 * 1024 * 1024
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MESSAGE_ID = re.compile(rb"^Message-ID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n", re.IGNORECASE | re.MULTILINE)


def add_routes(api: Blueprint, world: World) -> None:
    """/ses/v2/email/outbound-emails"""

    @api.post("/outbound-emails")
    def send_email() -> Response:
        try:
            with world.lock:
                return jsonify({"MessageId": _send(world, _asked())})
        except SesError as refused:
            return refused.answer()


def _asked() -> Json:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise SesError("BadRequestException", "The request is not JSON.")
    report = ParamValidator().validate(told, _shape())
    if report.has_errors():
        raise SesError("BadRequestException", report.generate_report())
    return told


@cache
def _shape() -> Any:
    model = botocore.session.get_session().get_service_model("sesv2")
    return model.operation_model("SendEmail").input_shape


def _send(world: World, asked: Json) -> str:
    state = world.ses
    check_key(request, state.settings.ses_access_key_id)
    if state.is_paused:
        raise SesError("SendingPausedException", "Email sending is disabled.")
    if state.refusals:
        raise SesError("MessageRejected", state.refusals.pop(0))
    raw, sender = _raw(asked), parseaddr(asked.get("FromEmailAddress", ""))[1]
    _check_sender(state, sender)
    _check_tenant(state, asked, sender)
    destination = _destination(asked)
    sent = Sent(
        id=state.new_id(),
        sender=sender,
        recipient=destination[0],
        destination=destination,
        tags=_tags(asked),
        configuration_set=_configuration_set(state, asked),
        sent_at=world.clock.now(),
    )
    own_id = f"Message-ID: <{sent.id}@eu-west-1.amazonses.com>\r\n".encode()
    headers, separator, body = raw.partition(b"\r\n\r\n")
    stamped = own_id + _MESSAGE_ID.sub(b"", headers + b"\r\n", count=1).rstrip(b"\r\n") + separator + body
    world.mail.accept(sender, list(destination), stamped, sent.sent_at)
    world.count("mail accepted")
    state.accepted(sent)
    return sent.id


def _raw(asked: Json) -> bytes:
    try:
        raw = base64.b64decode(asked["Content"]["Raw"]["Data"], validate=True)
    except (KeyError, binascii.Error):
        raise SesError("BadRequestException", "This stand-in takes raw mails only.") from None
    if len(raw) > LARGEST:
        raise SesError("MessageRejected", f"Message length is more than {LARGEST} bytes long.")
    if b"\r\n\r\n" not in raw:
        raise SesError("BadRequestException", "Missing body.")
    return raw


def _check_sender(state: SesState, sender: str) -> None:
    domain = sender.rpartition("@")[2].lower()
    known = state.domains.get(domain)
    if domain != state.settings.ses_identity and (known is None or known.status != "SUCCESS"):
        raise SesError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"EU-WEST-1: {sender}",
        )


def _check_tenant(state: SesState, asked: Json, sender: str) -> None:
    name = asked.get("TenantName")
    if name is None:
        return
    if name not in state.tenants:
        raise SesError("NotFoundException", f"Tenant <{name}> does not exist.", 404)
    resources = state.tenants[name].resources
    wanted = [f"identity/{sender.rpartition('@')[2].lower()}"]
    if "ConfigurationSetName" in asked:
        wanted.append(f"configuration-set/{asked['ConfigurationSetName']}")
    if not all(any(arn.endswith(f":{one}") for arn in resources) for one in wanted):
        raise SesError("BadRequestException", f"Tenant <{name}> is not associated with what it sends by.")


def _destination(asked: Json) -> tuple[str, ...]:
    """Everybody who gets it. SES takes at most 50 (docs.aws.amazon.com/ses/latest/dg/quotas.html)."""
    told = asked.get("Destination", {})
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    found = [str(one) for kind in kinds for one in told.get(kind, [])]
    if not told.get("ToAddresses") or not all(one.isascii() and one.count("@") == 1 for one in found):
        raise SesError("BadRequestException", "Invalid or missing recipient.")
    if len(found) > _MOST_RECIPIENTS:
        raise SesError("MessageRejected", "Recipient count exceeds 50.")
    return tuple(found)


def _tags(asked: Json) -> dict[str, str]:
    tags = {tag["Name"]: tag["Value"] for tag in asked.get("EmailTags", [])}
    if not all(_TAG.fullmatch(name) and _TAG.fullmatch(value) for name, value in tags.items()):
        raise SesError("BadRequestException", "Invalid tag.")
    return tags


def _configuration_set(state: SesState, asked: Json) -> str:
    name = str(asked.get("ConfigurationSetName", ""))
    if name and name != state.settings.ses_configuration_set:
        raise SesError("NotFoundException", f"Configuration set <{name}> does not exist.", 404)
    return name
