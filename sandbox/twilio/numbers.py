"""Numbers to be had, and those an account has bought."""

from sandbox.twilio.door import API, Call, Door, Json
from sandbox.twilio.refusals import TwilioError
from sandbox.twilio.state import Number, new_sid

TOLL_FREE = "+1833"
# Numbers that telephone authorities keep free or that nobody has, by country and kind.
STOCK = {
    ("GB", "Mobile"): "+447911000{:03d}",
    ("US", "TollFree"): "+18335550{:03d}",
    ("US", "Local"): "+12015550{:03d}",
    ("AU", "Mobile"): "+61491570{:03d}",
    ("IE", "Mobile"): "+353850000{:03d}",
    ("NZ", "Mobile"): "+64210000{:03d}",
}


def add_routes(door: Door) -> None:
    door.add("GET", f"{API}/Accounts/<account>/AvailablePhoneNumbers/<country>/<kind>.json", _to_be_had)
    door.add("POST", f"{API}/Accounts/<account>/IncomingPhoneNumbers.json", _buy, status=201)
    door.add("GET", f"{API}/Accounts/<account>/IncomingPhoneNumbers.json", _bought)


def _to_be_had(call: Call, country: str, kind: str) -> Json:
    pattern = STOCK.get((country.upper(), kind))
    taken = {n.number for a in call.state.accounts.values() for n in a.numbers.values()}
    free = [pattern.format(place) for place in range(1, 1000)] if pattern else []
    found = [number for number in free if number not in taken][:20]
    shown = [
        {"phone_number": number, "iso_country": country.upper(), "capabilities": {"SMS": True}}
        for number in found
    ]
    return {"available_phone_numbers": shown}


def _buy(call: Call) -> Json:
    wanted = call.text("PhoneNumber")
    taken = {n.number for a in call.state.accounts.values() for n in a.numbers.values()}
    if not wanted.startswith("+") or wanted in taken:
        raise TwilioError(21212, more=wanted)
    number = Number(new_sid("PN"), wanted, is_registered=not wanted.startswith("+1"))
    call.account.numbers[number.sid] = number
    return _shown(number)


def _bought(call: Call) -> Json:
    return {"incoming_phone_numbers": [_shown(number) for number in call.account.numbers.values()]}


def _shown(number: Number) -> Json:
    return {"sid": number.sid, "phone_number": number.number, "capabilities": {"sms": True}}
