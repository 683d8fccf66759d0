"""What the people of the main job do, page by page: the owner and the payers."""

from app.demo.visitor import Visitor


def sign_in_and_connect(owner: Visitor, web_url: str, ledger: str) -> None:
    """Sign in with the vendor of this name, allow the connection, choose the organisation. May be begun again."""
    owner.open(f"{web_url}/sign-in")
    if owner.has_button(f"Sign in with {ledger}"):
        owner.press(f"Sign in with {ledger}")
        _consent(owner)
    owner.open(f"{web_url}/connect").press(f"Connect {ledger}")
    _consent(owner)
    owner.press("Connect")


def _consent(visitor: Visitor) -> None:
    """Go through the vendor's pages: who you are (the first in its list), what you allow."""
    if "Who are you?" in visitor.text:
        visitor.press("")
    if visitor.has_button("Allow access"):
        visitor.press("Allow access")


def accept_payments(owner: Visitor, web_url: str) -> None:
    """Open a card account at the processor, choose where its money is booked, switch it on. May be begun again."""
    owner.open(f"{web_url}/settings")
    for words in ("Take card payments", "Go on at Stripe"):
        if owner.has_button(words):
            owner.press(words).press("Finish")
            owner.open(f"{web_url}/settings")
    owner.open(f"{web_url}/settings/booking").press("Use these accounts")
    while owner.has_button("Switch booking on"):
        owner.press("Switch booking on")


def confirm_list(owner: Visitor, web_url: str) -> None:
    """Look at what would be sent and let it go."""
    owner.open(f"{web_url}/today").press("Send")


def pay(link: str, *, only_first: bool) -> None:
    """Open the link of a reminder and pay all that is open, or only the first invoice, by card."""
    payer = Visitor().open(link)
    if only_first:
        ticked = [value for form in payer.forms for name, value in form.fields if name == "invoice"]
        payer.press("Pay", invoice=ticked[:1])
    else:
        payer.press("Pay")
    payer.press("Pay")
