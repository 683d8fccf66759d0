"""The main job at one ledger, step by step, done the way people do it: through pages, mails and vendors."""

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
from app.demo.pay_links import links_to_pay
from app.demo.persistence import persistently
from app.demo.progress import follow_first_sync
from app.demo.reckoning import Reckoning
from app.demo.stage import Stage
from app.demo.tenant_view import TenantView, tenant_at
from app.demo.visitor import Visitor
from app.kit.errors import DueMateError
from app.models import ReminderState, WriteBackKind

_LINES_SHOWN = 6
# Longer than the stand-in's card processor takes to tell the fee.
_FEE_KNOWN = timedelta(minutes=2)


@dataclass
class Journey:
    """One company's way. Whatever is not as it should be is noted in its figures."""

    stage: Stage
    ledger: str
    """Key of the connector."""
    figures: Figures = field(init=False)
    owner: Visitor = field(default_factory=Visitor)

    def __post_init__(self) -> None:
        self.figures = Figures(ledger=self.ledger)

    @cached_property
    def tenant(self) -> TenantView:
        """The company's mirror and log, once it is connected."""
        tenant_id = tenant_at(self.stage.ground, self.ledger)
        if tenant_id is None:
            raise DueMateError(f"The organisation was not connected: {self.owner.text[:200]}")
        return TenantView(self.stage.ground, tenant_id)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the company is."""
        return ZoneInfo(self.tenant.zone())

    @cached_property
    def reckoning(self) -> Reckoning:
        """What should be sent, by the cadence with which the company begins."""
        return Reckoning(Oracle(self.tenant.offsets(), country_holidays(self.tenant.country())))

    def connect(self) -> None:
        """Sign in, consent, first sync: the mirror is there and nothing has been sent."""
        name = LEDGERS[self.ledger].display_name
        self.say(f"Signing in with {name} and connecting the company")
        persistently(
            lambda: people.sign_in_and_connect(self.owner, self.stage.web_url, name),
            done=lambda: tenant_at(self.stage.ground, self.ledger) is not None,
        )
        follow_first_sync(self.tenant, self.say)
        self.stage.wait()
        self.figures.customers, self.figures.invoices = self.tenant.customers(), self.tenant.invoices()
        self.figures.require(self.mails() == [], "something was sent before the list was confirmed")

    def accept_payments(self) -> None:
        """A card account, and the ledger's accounts that payments are booked to."""
        self.say("Opening a card account and choosing where payments are booked")
        persistently(
            lambda: people.accept_payments(self.owner, self.stage.web_url),
            done=lambda: False,
        )
        self.stage.wait()

    def confirm(self) -> None:
        """Look at the first list and let it go."""
        self.figures.planned = self.tenant.planned()
        self.figures.held = self._show_list()
        books = self.books()
        persistently(
            lambda: people.confirm_list(self.owner, self.stage.web_url),
            done=lambda: self.tenant.held_for_first_list() == 0,
        )
        self.stage.wait()
        self._compare_mails(books)
        self.figures.require(
            self.figures.held >= self.reckoning.seen > 0,
            f"{self.figures.held} held, {self.reckoning.seen} sent on confirming",
        )

    def follow_day(self) -> None:
        """After the clock has moved to this morning: what was sent against what should have been."""
        self._compare_mails(self.books())

    def take_payments(self) -> None:
        """Payers open the links of their reminders; one invoice is paid elsewhere."""
        for words, link in self._pay_links.items():
            self.say(f"A payer opens the link in a reminder and pays {words}")
            self._pay(link, only_first=words == "one invoice")
        paid_elsewhere = self._an_open_invoice()
        self.say(f"Invoice {paid_elsewhere} is paid by bank transfer, in the ledger")
        self.stage.vendors.tell(f"/control/{self.ledger}/invoices/{paid_elsewhere}/pay", {})
        self.stage.wait()

    def count(self) -> None:
        """The final figures, judged by the vendors' own books."""
        figures, states, mails = self.figures, self.tenant.reminders(), self.mails()
        figures.sent, figures.paid = states[ReminderState.SENT], len(self.tenant.payments())
        figures.written_back = self.tenant.payments_written_back()
        figures.fees_booked = len(self.tenant.written_back(WriteBackKind.FEE))
        figures.require(
            figures.sent == len(mails), f"{figures.sent} recorded as sent, {len(mails)} in the inbox"
        )
        figures.require(len({mail["message_id"] for mail in mails}) == len(mails), "a mail arrived twice")
        for state in (ReminderState.SENDING, ReminderState.UNKNOWN, ReminderState.FAILED):
            figures.require(not states[state], f"{states[state]} reminders {state.value}")
        judge(figures, self.tenant, self.books(), payments_made=len(self._pay_links))

    def _show_list(self) -> int:
        lines = self.tenant.first_list()
        self.say(
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
        found = self.reckoning.of_day(today, books, self.mails())
        self.say(f"{today:%a %d %b}: {found.sent} reminders sent")
        self.figures.require(
            not found.missing and not found.too_many,
            f"{today}: {found.missing} reminders missing, {found.too_many} too many",
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
        chosen = links_to_pay(self.mails())
        self.figures.require(bool(chosen), "no reminder carried a pay link")
        return chosen

    def _an_open_invoice(self) -> str:
        ours = self.tenant.paid_invoice_numbers()
        for invoice in self.books()["invoices"]:
            is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
            if is_open and invoice["number"] not in ours and Decimal(invoice["amount_due"]) > 0:
                return str(invoice["number"])
        raise DueMateError("No invoice is open any more.")

    def mails(self) -> list[dict[str, Any]]:
        """This company's mails, oldest first."""
        own = self.tenant.message_ids()
        return [mail for mail in self.stage.vendors.inbox() if marker_of(mail) in own]

    def books(self) -> dict[str, Any]:
        """What stands in the company's ledger now."""
        return self.stage.vendors.ledger(self.ledger)

    def say(self, line: str) -> None:
        """Tell a line of this company's story."""
        self.stage.say(f"{LEDGERS[self.ledger].display_name}: {line}")


def marker_of(mail: dict[str, Any]) -> str:
    """The attempt's id that its Message-ID begins with."""
    return str(mail["message_id"]).strip("<>").partition("@")[0]
