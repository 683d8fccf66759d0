"""Subaccounts: made, looked at, suspended and closed by the account that owns them."""

from sandbox.twilio.door import API, Call, Door, Json
from sandbox.twilio.refusals import TwilioError, not_found
from sandbox.twilio.state import Account, new_sid

STATUSES = ("active", "suspended", "closed")


def add_routes(door: Door) -> None:
    door.add("POST", f"{API}/Accounts.json", _make, status=201)
    door.add("GET", f"{API}/Accounts.json", _list)
    door.add("GET", f"{API}/Accounts/<sid>.json", _show)
    door.add("POST", f"{API}/Accounts/<sid>.json", _change)


def _make(call: Call) -> Json:
    account = Account(
        new_sid("AC"),
        new_sid("")[:32],
        call.text("FriendlyName") or "SubAccount",
        call.caller.sid,
        call.state.clock.now(),
    )
    call.state.accounts[account.sid] = account
    return shown(account)


def _list(call: Call) -> Json:
    name = call.text("FriendlyName")
    mine = [a for a in call.state.accounts.values() if call.caller.sid in (a.owner, a.sid)]
    return {"accounts": [shown(a) for a in mine if not name or a.name == name]}


def _show(call: Call, sid: str) -> Json:
    return shown(_found(call, sid))


def _change(call: Call, sid: str) -> Json:
    account, status = _found(call, sid), call.text("Status")
    if account.owner == account.sid or status not in STATUSES:
        raise TwilioError(20003, status=401)
    if account.status != "closed":
        account.status = status
    return shown(account)


def _found(call: Call, sid: str) -> Account:
    account = call.state.accounts.get(sid)
    if account is None or call.caller.sid not in (account.sid, account.owner):
        raise not_found()
    return account


def shown(account: Account) -> Json:
    return {
        "sid": account.sid,
        "auth_token": account.token,
        "friendly_name": account.name,
        "owner_account_sid": account.owner,
        "status": account.status,
        "type": "Full",
        "date_created": account.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "uri": f"/2010-04-01/Accounts/{account.sid}.json",
    }
