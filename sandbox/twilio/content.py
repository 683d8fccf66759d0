"""Templates and WhatsApp's approval of them (content.twilio.com).

WhatsApp refuses a text that begins or ends with a variable, or two in a row (developers.facebook.com, message
templates): so does this. What it decides by taste is switched by the control door.
"""

import re
from datetime import timedelta

from sandbox.twilio.door import CONTENT, Call, Door, Json
from sandbox.twilio.refusals import TwilioError, not_found
from sandbox.twilio.state import Template, new_sid

DECIDED_AFTER = timedelta(minutes=5)
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
_AT_THE_EDGE = re.compile(r"^\s*\{\{\d+\}\}|\{\{\d+\}\}\s*$|\{\{\d+\}\}\s*\{\{\d+\}\}")


def add_routes(door: Door) -> None:
    door.add("POST", f"{CONTENT}/v1/Content", _make, status=201)
    door.add("GET", f"{CONTENT}/v1/Content", _list)
    door.add("POST", f"{CONTENT}/v1/Content/<sid>/ApprovalRequests/whatsapp", _ask, status=201)
    door.add("GET", f"{CONTENT}/v1/Content/<sid>/ApprovalRequests", _approval)


def _make(call: Call) -> Json:
    types, variables = call.fields.get("types"), call.fields.get("variables")
    kind = types.get("twilio/text") if isinstance(types, dict) else None
    body = kind.get("body") if isinstance(kind, dict) else None
    if not isinstance(body, str) or not body.strip():
        raise TwilioError(21602)
    template = Template(
        new_sid("HX"),
        call.text("friendly_name"),
        call.text("language") or "en",
        body,
        {str(k): str(v) for k, v in variables.items()} if isinstance(variables, dict) else {},
        call.state.clock.now(),
    )
    call.account.templates[template.sid] = template
    return _shown(call, template)


def _list(call: Call) -> Json:
    return {"contents": [_shown(call, template) for template in call.account.templates.values()]}


def _ask(call: Call, sid: str) -> Json:
    template = _found(call, sid)
    if call.text("category") not in CATEGORIES or not re.fullmatch(r"[a-z0-9_]+", call.text("name")):
        raise TwilioError(21656, more="name or category")
    template.category, template.status = call.text("category"), "received"

    def decide() -> None:
        if template.status != "received":
            return
        template.status = "approved"
        if _AT_THE_EDGE.search(template.body):
            template.status = "rejected"
            template.rejection = "The template has a variable at its beginning or end, or two in a row."

    call.state.later(DECIDED_AFTER, decide)
    return {"name": call.text("name"), "category": template.category, "status": template.status}


def _approval(call: Call, sid: str) -> Json:
    template = _found(call, sid)
    return {
        "sid": template.sid,
        "whatsapp": {
            "type": "whatsapp",
            "name": template.name,
            "category": template.category,
            "content_type": "twilio/text",
            "status": template.status,
            "rejection_reason": template.rejection,
        },
    }


def _found(call: Call, sid: str) -> Template:
    template = call.account.templates.get(sid)
    if template is None:
        raise not_found()
    return template


def _shown(call: Call, template: Template) -> Json:
    return {
        "sid": template.sid,
        "account_sid": call.account.sid,
        "friendly_name": template.name,
        "language": template.language,
        "variables": template.variables,
        "types": {"twilio/text": {"body": template.body}},
    }
