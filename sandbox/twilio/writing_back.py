"""Somebody takes their phone and writes: keywords stop and start, WhatsApp's window opens."""

from sandbox.twilio.state import Account, Service, Text, TwilioState, new_sid

# twilio.com/docs/messaging/tutorials/advanced-opt-out; Twilio acts on them for SMS, not for WhatsApp.
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


def write_back(state: TwilioState, *, sender: str, to: str, body: str) -> Text:
    """A message to a number or a WhatsApp sender of some account. LookupError if nobody has that address."""
    account, service = _owner(state, to)
    now = state.clock.now()
    text = Text(
        sid=new_sid("MM" if to.startswith("whatsapp:") else "SM"),
        account=account,
        direction="inbound",
        sender=sender,
        to=to,
        body=body,
        created_at=now,
        updated_at=now,
        service=service.sid if service else None,
        status="received",
        history=["received"],
    )
    account.texts.append(text)
    account.by_sid[text.sid] = text
    kind = _keyword(body)
    if text.is_whatsapp:
        account.heard[(sender, to)] = now
    elif kind in ("STOP", "START"):
        key = (sender, service.sid if service else to)
        account.stopped.add(key) if kind == "STOP" else account.stopped.discard(key)
    told = service or next(iter(account.services.values()), None)
    state.callbacks.inbound(
        text, told.inbound_url if told else "", opt_out_type="" if text.is_whatsapp else kind
    )
    return text


def _keyword(body: str) -> str:
    word = body.strip().upper()
    for kind, words in (("STOP", STOP), ("START", START), ("HELP", HELP)):
        if word in words:
            return kind
    return ""


def _owner(state: TwilioState, to: str) -> tuple[Account, Service | None]:
    for account in state.accounts.values():
        if any(sender.address == to for sender in account.senders.values()):
            return account, None
        for service in account.services.values():
            if any(number.number == to for number in service.numbers):
                return account, service
        if any(number.number == to for number in account.numbers.values()):
            return account, None
    raise LookupError(f"no account has {to}")
