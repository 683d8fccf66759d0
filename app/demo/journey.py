"""The main job at one ledger, step by step, done the way people do it: through pages, mails and vendors."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from holidays import country_holidays
from rich.markup import escape

from app.connectors.registry import LEDGERS
from app.demo import people
from app.demo.books import judge
from app.demo.figures import Figures
from app.demo.oracle import Oracle
from app.demo.persistence import persistently
from app.demo.progress import follow_first_sync
from app.demo.stage import Stage
from app.demo.tenant_view import TenantView, tenant_at
from app.demo.visitor import Visitor
from app.kit.errors import DueMateError
from app.models import ReminderState, WriteBackKind

_LINES_SHOWN = 6
_PAY_LINK = re.compile(r"https?://\S+/pay/[\w-]+")
# Longer than the stand-in's card processor takes to tell the fee.
_FEE_KNOWN = timedelta(minutes=2)


@dataclass
class Journey:
    """One company's way. Whatever is not as it should be is noted in its figures."""

    stage: Stage
    ledger: str
    """Key of the connector."""
    figures: Figures = field(init=False)
    _owner: Visitor = field(default_factory=Visitor)
    _seen: int = 0

    def __post_init__(self) -> None:
        self.figures = Figures(ledger=self.ledger)

    @cached_property
    def tenant(self) -> TenantView:
        """The company's mirror and log, once it is connected."""
        tenant_id = tenant_at(self.stage.ground, self.ledger)
        if tenant_id is None:
            raise DueMateError(f"The organisation was not connected: {self._owner.text[:200]}")
        return TenantView(self.stage.ground, tenant_id)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the company is."""
        return ZoneInfo(self.tenant.zone())

    @cached_property
    def _oracle(self) -> Oracle:
        return Oracle(self.tenant.offsets(), country_holidays(self.tenant.country()))

    def connect(self) -> None:
        """Sign in, consent, first sync: the mirror is there and nothing has been sent."""
        name = LEDGERS[self.ledger].display_name
        self._say(f"Signing in with {name} and connecting the company")
        persistently(
            lambda: people.sign_in_and_connect(self._owner, self.stage.web_url, name),
            done=lambda: tenant_at(self.stage.ground, self.ledger) is not None,
        )
        follow_first_sync(self.tenant, self._say)
        self.stage.wait()
        self.figures.customers, self.figures.invoices = self.tenant.customers(), self.tenant.invoices()
        self.figures.require(self._mails() == [], "something was sent before the list was confirmed")

    def accept_payments(self) -> None:
        """A card account, and the ledger's accounts that payments are booked to."""
        self._say("Opening a card account and choosing where payments are booked")
        persistently(
            lambda: people.accept_payments(self._owner, self.stage.web_url),
            done=lambda: False,
        )
        self.stage.wait()

    def confirm(self) -> None:
        """Look at the first list and let it go."""
        self.figures.planned = self.tenant.planned()
        self.figures.held = self._show_list()
        books = self._books()
        persistently(
            lambda: people.confirm_list(self._owner, self.stage.web_url),
            done=lambda: self.tenant.held_for_first_list() == 0,
        )
        self.stage.wait()
        self._compare_mails(books)
        self.figures.require(
            self.figures.held >= self._seen > 0,
            f"{self.figures.held} held, {self._seen} sent on confirming",
        )

    def follow_day(self) -> None:
        """After the clock has moved to this morning: what was sent against what should have been."""
        self._compare_mails(self._books())

    def take_payments(self) -> None:
        """Payers open the links of their reminders; one invoice is paid elsewhere."""
        for words, link in self._pay_links.items():
            self._say(f"A payer opens the link in a reminder and pays {words}")
            self._pay(link, only_first=words == "one invoice")
        paid_elsewhere = self._an_open_invoice()
        self._say(f"Invoice {paid_elsewhere} is paid by bank transfer, in the ledger")
        self.stage.vendors.tell(f"/control/{self.ledger}/invoices/{paid_elsewhere}/pay", {})
        self.stage.wait()

    def count(self) -> None:
        """The final figures, judged by the vendors' own books."""
        figures, states, mails = self.figures, self.tenant.reminders(), self._mails()
        figures.sent, figures.paid = states[ReminderState.SENT], len(self.tenant.payments())
        figures.written_back = self.tenant.payments_written_back()
        figures.fees_booked = len(self.tenant.written_back(WriteBackKind.FEE))
        figures.require(
            figures.sent == len(mails), f"{figures.sent} recorded as sent, {len(mails)} in the inbox"
        )
        figures.require(len({mail["message_id"] for mail in mails}) == len(mails), "a mail arrived twice")
        for state in (ReminderState.SENDING, ReminderState.UNKNOWN, ReminderState.FAILED):
            figures.require(not states[state], f"{states[state]} reminders {state.value}")
        judge(figures, self.tenant, self._books(), payments_made=len(self._pay_links))

    def _show_list(self) -> int:
        lines = self.tenant.first_list()
        self._say(
            f"The cadence would send {len(lines)} reminders. Nothing leaves until the owner has seen them:"
        )
        for line in lines[:_LINES_SHOWN]:
            self.stage.say(
                f"  {escape(line.customer)[:36]:<36} {line.amount:>12,.2f} {line.currency}  {line.step}"
            )
        if len(lines) > _LINES_SHOWN:
            self.stage.say(f"  ... and {len(lines) - _LINES_SHOWN} more. Confirming the list.")
        return len(lines)

    def _compare_mails(self, books: dict[str, Any]) -> None:
        today = self.stage.today(self.zone)
        expected = self._oracle.expected_on(today, books)
        mails = self._mails()[self._seen :]
        self._seen += len(mails)
        sent = Counter(str(mail["to"][0]) for mail in mails)
        wanted: Counter[str] = Counter()
        for (address, _currency), number in expected.items():
            wanted[address] += number
        self._say(f"{today:%a %d %b}: {len(mails)} reminders sent")
        self.figures.require(
            sent == wanted,
            f"{today}: {(wanted - sent).total()} reminders missing, {(sent - wanted).total()} too many",
        )

    def _pay(self, link: str, *, only_first: bool) -> None:
        before = len(self.tenant.payments())

        def is_paid() -> bool:
            self.stage.wait()
            return len(self.tenant.payments()) > before

        persistently(lambda: people.pay(link, only_first=only_first), done=is_paid)
        self.stage.clock_to(self.stage.vendors.now() + _FEE_KNOWN)

    @cached_property
    def _pay_links(self) -> dict[str, str]:
        """What is paid, and the link it is paid through: three customers, two currencies if there are two."""
        found: dict[str, list[str]] = {}
        newest = {str(mail["to"]): mail for mail in self._mails()}
        for _, mail in sorted(newest.items()):
            link = _PAY_LINK.search(str(mail["text"]))
            if link:
                found.setdefault("euro" if "€" in str(mail["text"]) else "base", []).append(link[0])
        base, euro = found.get("base", []), found.get("euro", [])
        chosen = dict(zip(("all that is open", "one invoice"), base, strict=False))
        if euro:
            chosen["all that is open in euro"] = euro[0]
        self.figures.require(bool(chosen), "no reminder carried a pay link")
        return chosen

    def _an_open_invoice(self) -> str:
        ours = self.tenant.paid_invoice_numbers()
        for invoice in self._books()["invoices"]:
            is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
            if is_open and invoice["number"] not in ours and Decimal(invoice["amount_due"]) > 0:
                return str(invoice["number"])
        raise DueMateError("No invoice is open any more.")

    def _mails(self) -> list[dict[str, Any]]:
        """This company's mails, oldest first."""
        own = self.tenant.message_ids()
        return [mail for mail in self.stage.vendors.inbox() if marker_of(mail) in own]

    def _books(self) -> dict[str, Any]:
        return self.stage.vendors.ledger(self.ledger)

    def _say(self, line: str) -> None:
        self.stage.say(f"{LEDGERS[self.ledger].display_name}: {line}")


def marker_of(mail: dict[str, Any]) -> str:
    """The attempt's id that its Message-ID begins with."""
    return str(mail["message_id"]).strip("<>").partition("@")[0]
