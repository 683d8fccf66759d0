"""Messaging Services with their numbers, and WhatsApp senders (messaging.twilio.com)."""

from datetime import timedelta

from sandbox.twilio.door import MESSAGING, Call, Door, Json
from sandbox.twilio.refusals import TwilioError, not_found
from sandbox.twilio.state import Sender, Service, new_sid

ONLINE_AFTER = timedelta(minutes=2)
_SENDERS = f"{MESSAGING}/v2/Channels/Senders"


def add_routes(door: Door) -> None:
    door.add("POST", f"{MESSAGING}/v1/Services", _make, status=201)
    door.add("GET", f"{MESSAGING}/v1/Services", _list)
    door.add("POST", f"{MESSAGING}/v1/Services/<service>/PhoneNumbers", _add_number, status=201)
    door.add("POST", _SENDERS, _make_sender, status=202)
    door.add("GET", f"{_SENDERS}/<sid>", _show_sender)


def _make(call: Call) -> Json:
    service = Service(
        new_sid("MG"),
        call.text("FriendlyName"),
        call.state.clock.now(),
        call.text("InboundRequestUrl"),
        call.text("StatusCallback"),
    )
    call.account.services[service.sid] = service
    return _shown(call, service)


def _list(call: Call) -> Json:
    return {"services": [_shown(call, service) for service in call.account.services.values()]}


def _add_number(call: Call, service: str) -> Json:
    found, number = call.account.services.get(service), call.account.numbers.get(call.text("PhoneNumberSid"))
    if found is None or number is None:
        raise not_found()
    if number not in found.numbers:
        found.numbers.append(number)
    return {"sid": number.sid, "service_sid": found.sid, "phone_number": number.number}


def _make_sender(call: Call) -> Json:
    address, profile = call.text("sender_id"), call.fields.get("profile")
    if not address.startswith("whatsapp:+"):
        raise TwilioError(63007, more=address)
    named = profile if isinstance(profile, dict) else {}
    sender = Sender(new_sid("XE"), address, str(named.get("name", "")))
    call.account.senders[sender.sid] = sender

    def come_online() -> None:
        sender.status = "ONLINE"

    call.state.later(ONLINE_AFTER, come_online)
    return _sender(sender)


def _show_sender(call: Call, sid: str) -> Json:
    sender = call.account.senders.get(sid)
    if sender is None:
        raise not_found()
    return _sender(sender)


def _sender(sender: Sender) -> Json:
    return {
        "sid": sender.sid,
        "sender_id": sender.address,
        "status": sender.status,
        "profile": {"name": sender.name},
    }


def _shown(call: Call, service: Service) -> Json:
    return {
        "sid": service.sid,
        "account_sid": call.account.sid,
        "friendly_name": service.name,
        "inbound_request_url": service.inbound_url,
        "status_callback": service.status_url,
    }
