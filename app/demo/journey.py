"""The main job, step by step, done the way people do it: through pages, mails and vendors."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.markup import escape

from app.demo import people
from app.demo.books import judge
from app.demo.figures import Figures, Say
from app.demo.idleness import wait_idle
from app.demo.oracle import Oracle, next_working_day
from app.demo.persistence import persistently
from app.demo.progress import follow_first_sync
from app.demo.tenant_view import TenantView, only_tenant
from app.demo.vendors import Vendors
from app.demo.visitor import Visitor
from app.kit.errors import DueMateError
from app.kit.ground import Ground
from app.models import ReminderState, WriteBackKind

# Working days the clock is moved after the list is confirmed; payments are made on the second.
DAYS = 6
_PAYMENTS_ON_DAY = 2
_MORNING = time(10)
_LINES_SHOWN = 6
_PAY_LINK = re.compile(r"https?://\S+/pay/[\w-]+")
# Longer than the stand-in's card processor takes to tell the fee.
_FEE_KNOWN = timedelta(minutes=2)


@dataclass
class Journey:
    """One run of the main job. `say` gets a line per step."""

    web_url: str
    ground: Ground
    vendors: Vendors
    say: Say
    figures: Figures = field(default_factory=Figures)
    _mails_seen: int = 0
    _zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def run(self) -> Figures:
        """Do everything; whatever is not as it should be is noted in the figures."""
        owner = Visitor()
        tenant = self._connect(owner)
        self._sync(tenant)
        self._accept_payments(owner)
        oracle = Oracle(tenant.offsets())
        self._confirm(owner, tenant, oracle)
        for day in range(1, DAYS + 1):
            self._next_day(oracle)
            if day == _PAYMENTS_ON_DAY:
                self._take_payments(tenant)
        self._count(tenant)
        return self.figures

    def _connect(self, owner: Visitor) -> TenantView:
        self.say("Signing in with Xero and connecting the company")
        self._clock_to_morning_of(next_working_day(self._today()))
        persistently(
            lambda: people.sign_in_and_connect(owner, self.web_url),
            done=lambda: only_tenant(self.ground) is not None,
        )
        tenant_id = only_tenant(self.ground)
        if tenant_id is None:
            raise DueMateError(f"The organisation was not connected: {owner.text[:200]}")
        return TenantView(self.ground, tenant_id)

    def _sync(self, tenant: TenantView) -> None:
        follow_first_sync(tenant, self.say)
        self._wait()
        self._zone = ZoneInfo(tenant.zone())
        self.figures.customers, self.figures.invoices = tenant.customers(), tenant.invoices()
        self.figures.require(self.vendors.inbox() == [], "something was sent before the list was confirmed")

    def _accept_payments(self, owner: Visitor) -> None:
        self.say("Opening a card account and choosing where payments are booked")
        persistently(lambda: people.accept_payments(owner, self.web_url), done=lambda: False)
        self._wait()

    def _confirm(self, owner: Visitor, tenant: TenantView, oracle: Oracle) -> None:
        self.figures.planned = tenant.planned()
        self.figures.held = self._show_list(tenant)
        books = self.vendors.ledger()
        persistently(
            lambda: people.confirm_list(owner, self.web_url), done=lambda: tenant.held_for_first_list() == 0
        )
        self._compare_with(oracle.expected_on(self._today(), books))
        self.figures.require(
            self.figures.held >= self._mails_seen > 0,
            f"{self.figures.held} held, {self._mails_seen} sent on confirming",
        )

    def _show_list(self, tenant: TenantView) -> int:
        lines = tenant.first_list()
        self.say(
            f"The cadence would send {len(lines)} reminders. Nothing leaves until the owner has seen them:"
        )
        for line in lines[:_LINES_SHOWN]:
            self.say(f"  {escape(line.customer)[:36]:<36} {line.amount:>12,.2f} {line.currency}  {line.step}")
        if len(lines) > _LINES_SHOWN:
            self.say(f"  ... and {len(lines) - _LINES_SHOWN} more. Confirming the list.")
        return len(lines)

    def _next_day(self, oracle: Oracle) -> None:
        self._clock_to_morning_of(next_working_day(self._today()))
        self._compare_with(oracle.expected_on(self._today(), self.vendors.ledger()))

    def _compare_with(self, expected: Counter[tuple[str, str]]) -> None:
        self._wait()
        mails = self.vendors.inbox()[self._mails_seen :]
        self._mails_seen += len(mails)
        sent = Counter(str(mail["to"][0]) for mail in mails)
        wanted: Counter[str] = Counter()
        for (address, _currency), number in expected.items():
            wanted[address] += number
        self.say(f"{self._today():%a %d %b}: {len(mails)} reminders sent")
        self.figures.require(
            sent == wanted,
            f"{self._today()}: {(wanted - sent).total()} reminders missing, {(sent - wanted).total()} too many",
        )

    def _take_payments(self, tenant: TenantView) -> None:
        for words, link in self._pay_links().items():
            self.say(f"A payer opens the link in a reminder and pays {words}")
            self._pay(tenant, link, only_first=words == "one invoice")
        paid_elsewhere = self._an_open_invoice(tenant)
        self.say(f"Invoice {paid_elsewhere} is paid by bank transfer, in the ledger")
        self.vendors.tell(f"/control/xero/invoices/{paid_elsewhere}/pay", {})
        self._wait()

    def _pay(self, tenant: TenantView, link: str, *, only_first: bool) -> None:
        before = len(tenant.payments())

        def is_paid() -> bool:
            self._wait()
            return len(tenant.payments()) > before

        persistently(lambda: people.pay(link, only_first=only_first), done=is_paid)
        self._clock_to(self.vendors.now() + _FEE_KNOWN)

    def _pay_links(self) -> dict[str, str]:
        """What is paid, and the link it is paid through: three customers, two currencies if there are two."""
        found: dict[str, list[str]] = {}
        for mail in sorted(self.vendors.inbox(), key=lambda mail: str(mail["to"])):
            link = _PAY_LINK.search(str(mail["text"]))
            if link:
                found.setdefault("euro" if "€" in str(mail["text"]) else "base", []).append(link[0])
        base, euro = found.get("base", []), found.get("euro", [])
        chosen = dict(zip(("all that is open", "one invoice"), base, strict=False))
        if euro:
            chosen["all that is open in euro"] = euro[0]
        self.figures.require(bool(chosen), "no reminder carried a pay link")
        return chosen

    def _an_open_invoice(self, tenant: TenantView) -> str:
        ours = tenant.paid_invoice_numbers()
        for invoice in self.vendors.ledger()["invoices"]:
            is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
            if is_open and invoice["number"] not in ours and Decimal(invoice["amount_due"]) > 0:
                return str(invoice["number"])
        raise DueMateError("No invoice is open any more.")

    def _count(self, tenant: TenantView) -> None:
        figures, states, mails = self.figures, tenant.reminders(), self.vendors.inbox()
        figures.sent, figures.paid = states[ReminderState.SENT], len(tenant.payments())
        figures.written_back = tenant.payments_written_back()
        figures.fees_booked = len(tenant.written_back(WriteBackKind.FEE))
        figures.require(
            figures.sent == len(mails), f"{figures.sent} recorded as sent, {len(mails)} in the inbox"
        )
        figures.require(len({mail["message_id"] for mail in mails}) == len(mails), "a mail arrived twice")
        for state in (ReminderState.SENDING, ReminderState.UNKNOWN, ReminderState.FAILED):
            figures.require(not states[state], f"{states[state]} reminders {state.value}")
        judge(figures, tenant, self.vendors.ledger(), payments_made=len(self._pay_links()))

    def _clock_to_morning_of(self, day: date) -> None:
        self._clock_to(datetime.combine(day, _MORNING, self._zone))

    def _clock_to(self, moment: datetime) -> None:
        self.vendors.clock_to(moment)
        self._wait()

    def _today(self) -> date:
        return self.vendors.now().astimezone(self._zone).date()

    def _wait(self) -> None:
        wait_idle(self.ground, self.vendors)
