"""The pay links in mails."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PAY_LINK = re.compile(r"https?://\S+/pay/[\w-]+")


def pay_link(mail: Mapping[str, Any]) -> str | None:
    """The link that a mail asks to pay through."""
    found = _PAY_LINK.search(str(mail["text"]))
    return found[0] if found else None


def links_to_pay(mails: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is paid, and the link it is paid through: three customers, two currencies if there are two."""
    found: dict[str, list[str]] = {}
    newest = {str(mail["to"]): mail for mail in mails}
    for _, mail in sorted(newest.items()):
        if link := pay_link(mail):
            found.setdefault("euro" if "€" in str(mail["text"]) else "base", []).append(link)
    base, euro = found.get("base", []), found.get("euro", [])
    chosen = dict(zip(("all that is open", "one invoice"), base, strict=False))
    if euro:
        chosen["all that is open in euro"] = euro[0]
    return chosen
