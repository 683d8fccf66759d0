"""Messages: taken or refused at once, listed newest first, read one by one."""

import json
import re
from datetime import datetime

from sandbox.twilio.carrying import set_out
from sandbox.twilio.door import API, Call, Door, Json
from sandbox.twilio.refusals import WORDS, TwilioError, not_found
from sandbox.twilio.segments import segments
from sandbox.twilio.state import Service, Text, new_sid

LONGEST = 1600
MOST_PER_PAGE = 1000
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
# What Twilio's test credentials refuse (twilio.com/docs/iam/test-credentials).
_MAGIC = {"+15005550001": 21211, "+15005550009": 21614, "+15005550003": 21408, "+15005550004": 21610}


def add_routes(door: Door) -> None:
    door.add("POST", f"{API}/Accounts/<account>/Messages.json", _send, status=201)
    door.add("GET", f"{API}/Accounts/<account>/Messages.json", _list)
    door.add("GET", f"{API}/Accounts/<account>/Messages/<sid>.json", _show)


def _send(call: Call) -> Json:
    to = _recipient(call)
    service = _service(call)
    sender = _sender(call, service, is_whatsapp=to.startswith("whatsapp:"))
    body, template = _content(call)
    if (to, service.sid if service else sender) in call.account.stopped and not to.startswith("whatsapp:"):
        raise TwilioError(21610)
    now = call.state.clock.now()
    text = Text(
        sid=new_sid("MM" if to.startswith("whatsapp:") else "SM"),
        account=call.account,
        direction="outbound-api",
        sender=sender,
        to=to,
        body=body,
        created_at=now,
        updated_at=now,
        service=service.sid if service else None,
        status="accepted" if service else "queued",
        callback=call.text("StatusCallback") or (service.status_url if service else ""),
        template=template,
    )
    call.account.texts.append(text)
    call.account.by_sid[text.sid] = text
    set_out(call.state, text)
    return shown(text)


def _recipient(call: Call) -> str:
    to = call.text("To")
    if not to:
        raise TwilioError(21604)
    number = to.removeprefix("whatsapp:")
    if not _NUMBER.fullmatch(number):
        raise TwilioError(21211, more=to)
    if number in _MAGIC:
        raise TwilioError(_MAGIC[number], more=to)
    fate = call.state.fates.get(number)
    if fate in (21211, 21614) and not to.startswith("whatsapp:"):
        raise TwilioError(fate, more=to)
    if any(number.startswith(prefix) for prefix in call.state.closed_countries):
        raise TwilioError(21408, more=to)
    return to


def _service(call: Call) -> Service | None:
    wanted = call.text("MessagingServiceSid")
    if not wanted:
        return None
    service = call.account.services.get(wanted)
    if service is None:
        raise not_found()
    return service


def _sender(call: Call, service: Service | None, *, is_whatsapp: bool) -> str:
    sender = call.text("From")
    if is_whatsapp:
        if not any(s.address == sender and s.status == "ONLINE" for s in call.account.senders.values()):
            raise TwilioError(63007, more=sender)
        return sender
    if service is not None:
        if not service.numbers:
            raise TwilioError(21704)
        return service.numbers[0].number
    if not sender:
        raise TwilioError(21603)
    if all(number.number != sender for number in call.account.numbers.values()):
        raise TwilioError(21212, more=sender)
    return sender


def _content(call: Call) -> tuple[str, str | None]:
    """The words that arrive, and the template they were made from."""
    sid = call.text("ContentSid")
    if not sid:
        body = str(call.fields.get("Body", ""))
        if not body:
            raise TwilioError(21602)
        if len(body) > LONGEST:
            raise TwilioError(21617)
        return body, None
    template = call.account.templates.get(sid)
    if template is None:
        raise not_found()
    return _filled(template.body, call.text("ContentVariables") or "{}"), sid


def _filled(body: str, told: str) -> str:
    try:
        values = json.loads(told)
    except ValueError:
        raise TwilioError(21656) from None
    is_sound = isinstance(values, dict) and all(
        isinstance(value, str) and value and len(value) <= 255 and "\n" not in value
        for value in values.values()
    )
    if not is_sound or set(re.findall(r"\{\{(\d+)\}\}", body)) - set(values):
        raise TwilioError(21656)
    return re.sub(r"\{\{(\d+)\}\}", lambda found: str(values[found[1]]), body)


def _list(call: Call) -> Json:
    """Newest first, as the real one; `To` and `From` are exact."""
    to, sender = call.text("To"), call.text("From")
    size = min(int(call.text("PageSize") or 50), MOST_PER_PAGE)
    page = int(call.text("Page") or 0)
    found = [
        text
        for text in reversed(call.account.texts)
        if (not to or text.to == to) and (not sender or text.sender == sender)
    ]
    part = found[page * size : (page + 1) * size]
    more = len(found) > (page + 1) * size
    here = f"/2010-04-01/Accounts/{call.account.sid}/Messages.json?PageSize={size}"
    return {
        "messages": [shown(text) for text in part],
        "page": page,
        "page_size": size,
        "next_page_uri": f"{here}&To={to.replace('+', '%2B')}&Page={page + 1}" if more else None,
    }


def _show(call: Call, sid: str) -> Json:
    text = call.account.by_sid.get(sid)
    if text is None:
        raise not_found()
    return shown(text)


def shown(text: Text) -> Json:
    return {
        "sid": text.sid,
        "account_sid": text.account.sid,
        "messaging_service_sid": text.service,
        "direction": text.direction,
        "from": text.sender,
        "to": text.to,
        "body": text.body,
        "status": text.status,
        "error_code": text.error,
        "error_message": WORDS.get(text.error) if text.error else None,
        "num_segments": str(segments(text.body)),
        "num_media": "0",
        "date_created": _stamp(text.created_at),
        "date_sent": _stamp(text.sent_at),
        "date_updated": _stamp(text.updated_at),
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{text.account.sid}/Messages/{text.sid}.json",
    }


def _stamp(moment: datetime | None) -> str | None:
    """RFC 2822, as Twilio writes moments."""
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000") if moment else None
