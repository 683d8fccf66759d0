"""Reading: everything once, exactly; then whatever changed, voided and deleted included."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.connectors.base import (
    AccountRecord,
    CreditNoteRecord,
    CustomerRecord,
    InvoiceRecord,
    Ledger,
    PaymentRecord,
    Record,
    Resource,
)
from app.kit.errors import NotFound
from app.models import InvoiceState
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper, money
from tests.sandbox.client import SandboxClient

_STATES = {"AUTHORISED": InvoiceState.OPEN, "PAID": InvoiceState.PAID, "VOIDED": InvoiceState.VOIDED}
_AWKWARD = (
    "O'Brien \\ Söhne & Co",
    "株式会社 テスト",
    'Quote " and <b>tag</b>',
    "  spaced  out  ",
    "100% _pure_",
    "🙂 Ltd",
)


def everything(ledger: Ledger, resource: Resource) -> dict[str, Record]:
    """What a whole read hands over, by id; fails if a row was left out."""
    found: dict[str, Record] = {}
    for page in ledger.changes(resource, since=None):
        assert page.left_out == ()
        found |= {row.external_id: row for row in page.rows}
    return found


def changed_since(ledger: Ledger, resource: Resource, moment: object) -> tuple[dict[str, Record], set[str]]:
    """Rows and deleted ids since a moment."""
    rows: dict[str, Record] = {}
    deleted: set[str] = set()
    for page in ledger.changes(resource, since=moment):  # type: ignore[arg-type]
        rows |= {row.external_id: row for row in page.rows}
        deleted |= {gone.external_id for gone in page.deleted}
    return rows, deleted


class ReadingContract(Contract):
    """What `organisation`, `changes`, `invoices` and `missing` owe."""

    def test_the_organisation_is_told_with_currency_country_and_zone(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        told, books = ledger.organisation(), bookkeeper.books()["organisation"]
        assert (told.external_id, told.name) == (books["id"], books["name"])
        assert told.base_currency == self.vendor.base_currency
        assert len(told.country_code) == 2
        assert "/" in told.time_zone or told.time_zone == "UTC"
        assert told.lock_date is None

    def test_the_organisations_state_is_told_by_its_code(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        assert ledger.organisation().region is None
        country = ledger.organisation().country_code
        name, code = {"GB": ("Scotland", "SCT"), "US": ("California", "CA")}[country]
        bookkeeper.do("region", region=name)
        assert ledger.organisation().region == code
        bookkeeper.do("region", region="Atlantis")
        assert ledger.organisation().region is None

    @pytest.mark.parametrize(
        ("region", "country", "told"),
        [
            ("CA", "US", ("US", "CA")),
            ("new york", "United States", ("US", "NY")),
            ("Atlantis", "US", ("US", None)),
            ("CA", "Ruritania", (None, None)),
            ("", "", (None, None)),
        ],
    )
    def test_where_a_customer_is_is_told_by_the_codes_of_country_and_state(
        self,
        ledger: Ledger,
        bookkeeper: Bookkeeper,
        region: str,
        country: str,
        told: tuple[str | None, str | None],
    ) -> None:
        customer = bookkeeper.a_customer()
        bookkeeper.do(f"contacts/{customer['id']}/address", region=region, country=country)
        record = everything(ledger, Resource.CUSTOMERS)[customer["id"]]
        assert isinstance(record, CustomerRecord)
        assert (record.country_code, record.region) == told

    def test_the_closed_period_is_told(self, ledger: Ledger, bookkeeper: Bookkeeper) -> None:
        bookkeeper.do("lock-date", date="2026-06-30")
        assert ledger.organisation().lock_date == date(2026, 6, 30)

    def test_every_invoice_is_handed_over_to_the_cent(self, ledger: Ledger, bookkeeper: Bookkeeper) -> None:
        read = everything(ledger, Resource.INVOICES)
        books = {row["id"]: row for row in bookkeeper.invoices() if row["status"] in _STATES}
        assert set(books) <= set(read)
        for external_id, row in books.items():
            record = read[external_id]
            assert isinstance(record, InvoiceRecord)
            assert (record.number, record.state) == (row["number"], _STATES[row["status"]])
            assert (record.total, record.amount_due) == money(row, "total", "amount_due")
            assert (record.currency, record.due_on) == (row["currency"], date.fromisoformat(row["due"]))
            assert record.customer_external_id == row["contact_id"]

    def test_every_customer_is_handed_over_inactive_ones_too(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        read = everything(ledger, Resource.CUSTOMERS)
        for row in bookkeeper.books()["contacts"]:
            record = read[row["id"]]
            assert isinstance(record, CustomerRecord)
            assert record.is_active == (row["status"] == "ACTIVE")
            assert (record.emails[:1] or ("",))[0] == row["email"]

    def test_whoever_the_ledger_writes_to_beside_the_customer_is_named(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        customer = bookkeeper.a_customer()
        people = [
            {"FirstName": "Ada", "EmailAddress": "ada@beside.example", "IncludeInEmails": True},
            {"FirstName": "Quiet", "EmailAddress": "quiet@beside.example", "IncludeInEmails": False},
            {"FirstName": "Bo", "EmailAddress": "bo@beside.example", "IncludeInEmails": True},
        ]
        bookkeeper.do(f"contacts/{customer['id']}/email", email="own@beside.example")
        for persons, wanted in (
            (people, ("ada@beside.example", "bo@beside.example")),
            (people[2:], ("bo@beside.example",)),
            ([], ()),
        ):
            bookkeeper.do(f"contacts/{customer['id']}/persons", persons=persons)
            record = everything(ledger, Resource.CUSTOMERS)[customer["id"]]
            assert isinstance(record, CustomerRecord)
            assert record.emails == ("own@beside.example",)
            assert tuple(one.email for one in record.people if one.is_written_to) == wanted

    def test_every_payment_is_handed_over_with_the_invoices_it_settles(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        read = everything(ledger, Resource.PAYMENTS)
        sales = {row["id"] for row in bookkeeper.invoices()}
        wanted = {
            (row["id"], row["invoice_id"]): Decimal(row["amount"])
            for row in bookkeeper.books()["payments"]
            if row["invoice_id"] in sales and row["status"] == "AUTHORISED"
        }
        told = {
            (record.external_id, part.invoice_external_id): part.amount
            for record in read.values()
            if isinstance(record, PaymentRecord) and not record.is_deleted
            for part in record.applied
        }
        assert told == wanted

    def test_credit_notes_are_told_with_what_is_left_of_them(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        read = everything(ledger, Resource.CREDIT_NOTES)
        rows = [row for row in bookkeeper.books()["credit_notes"] if row["status"] in _STATES]
        assert rows
        for row in rows:
            record = read[row["id"]]
            assert isinstance(record, CreditNoteRecord)
            assert (record.total, record.remaining) == money(row, "total", "remaining")

    def test_accounts_for_payments_and_for_fees_are_told_apart(self, ledger: Ledger) -> None:
        read = [
            row for row in everything(ledger, Resource.ACCOUNTS).values() if isinstance(row, AccountRecord)
        ]
        assert any(row.takes_payments and row.currency == self.vendor.base_currency for row in read)
        assert any(row.takes_fees for row in read)
        assert not any(row.takes_payments and row.takes_fees for row in read)
        assert {row.kind for row in read if row.takes_refunds} == {"expense", "other"}
        assert all(row.takes_refunds for row in read if row.takes_fees)
        assert not any(row.takes_refunds for row in read if "accounts receivable" in row.name.lower())

    def test_nothing_changed_is_told_as_nothing(self, ledger: Ledger, sandbox: SandboxClient) -> None:
        sandbox.advance(seconds=3600)
        since = sandbox.now() - timedelta(minutes=10)
        for resource in Resource:
            assert changed_since(ledger, resource, since) == ({}, set())

    @pytest.mark.parametrize("edit", ["pay", "void", "due", "credit"])
    def test_an_edit_is_told_as_a_change(
        self, ledger: Ledger, bookkeeper: Bookkeeper, sandbox: SandboxClient, edit: str
    ) -> None:
        sandbox.advance(seconds=3600)
        since = sandbox.now() - timedelta(minutes=10)
        invoice = bookkeeper.open_invoice()
        wishes = {"due": {"due": "2027-01-31"}, "credit": {"amount": "5.00"}}.get(edit, {})
        bookkeeper.do(f"invoices/{invoice['number']}/{edit}", **wishes)
        rows, deleted = changed_since(ledger, Resource.INVOICES, since)
        assert deleted == set()
        record, after = rows[invoice["id"]], bookkeeper.invoice(invoice["id"])
        assert isinstance(record, InvoiceRecord)
        assert record.state is _STATES[after["status"]]
        assert (record.total, record.amount_due) == money(after, "total", "amount_due")
        assert record.due_on == date.fromisoformat(after["due"])

    def test_a_payment_taken_back_is_told_and_the_invoice_is_open_again(
        self, ledger: Ledger, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        invoice = bookkeeper.open_invoice()
        bookkeeper.do(f"invoices/{invoice['number']}/pay")
        [payment] = bookkeeper.payments_of(invoice["id"])
        sandbox.advance(seconds=3600)
        since = sandbox.now() - timedelta(minutes=10)
        bookkeeper.do(f"payments/{payment['id']}/delete")
        rows, deleted = changed_since(ledger, Resource.PAYMENTS, since)
        taken_back = rows.get(payment["id"])
        assert payment["id"] in deleted or (isinstance(taken_back, PaymentRecord) and taken_back.is_deleted)
        again, _ = changed_since(ledger, Resource.INVOICES, since)
        record = again[invoice["id"]]
        assert isinstance(record, InvoiceRecord)
        assert (record.state, record.amount_due) == (InvoiceState.OPEN, Decimal(invoice["amount_due"]))

    def test_the_present_state_of_invoices_is_read_by_id(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        paid, untouched = bookkeeper.open_invoice(), bookkeeper.open_invoice(skip=1)
        bookkeeper.do(f"invoices/{paid['number']}/pay")
        told = ledger.invoices([paid["id"], untouched["id"]])
        first, second = told[paid["id"]], told[untouched["id"]]
        assert first is not None
        assert second is not None
        assert (first.state, first.amount_due) == (InvoiceState.PAID, Decimal(0))
        assert second.amount_due == Decimal(untouched["amount_due"])

    def test_an_invoice_comes_as_the_ledger_prints_it(self, ledger: Ledger, bookkeeper: Bookkeeper) -> None:
        invoice = bookkeeper.open_invoice()
        printed = ledger.invoice_pdf(invoice["id"])
        assert printed.startswith(b"%PDF-")
        assert invoice["number"].encode() in printed

    def test_an_invoice_that_never_was_cannot_be_printed(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        with pytest.raises(NotFound):
            ledger.invoice_pdf(self.never_given(bookkeeper.open_invoice()["id"]))

    def test_what_the_ledger_never_had_is_missing_and_what_it_has_is_not(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        there, never = bookkeeper.open_invoice()["id"], self.never_given(bookkeeper.open_invoice()["id"])
        assert ledger.invoices([there, never])[never] is None
        assert ledger.missing(Resource.INVOICES, [there, never]) == {never}
        payment = bookkeeper.books()["payments"][0]["id"]
        assert ledger.missing(Resource.PAYMENTS, [payment]) == set()
        customer = bookkeeper.a_customer()["id"]
        assert ledger.missing(Resource.CUSTOMERS, [customer, self.never_given(customer)]) == {
            self.never_given(customer)
        }

    def never_given(self, external_id: str) -> str:
        """An id of the right form that no record has."""
        return "".join("9" if mark.isalnum() else mark for mark in external_id) + (
            "9" if external_id.isdigit() else ""
        )

    def test_more_invoices_than_fit_into_one_question_are_read_by_id(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        wanted = [row["id"] for row in bookkeeper.invoices() if row["status"] in _STATES][:130]
        told = ledger.invoices(wanted)
        assert set(told) == set(wanted)
        assert all(told.values())

    @pytest.mark.parametrize("name", _AWKWARD)
    def test_awkward_names_arrive_as_they_are(
        self, ledger: Ledger, bookkeeper: Bookkeeper, name: str
    ) -> None:
        customer = bookkeeper.a_customer()
        bookkeeper.do(f"contacts/{customer['id']}/rename", name=name)
        record = everything(ledger, Resource.CUSTOMERS)[customer["id"]]
        assert isinstance(record, CustomerRecord)
        assert record.name == name.strip()

    def test_a_null_in_a_name_costs_its_own_character_only(
        self, ledger: Ledger, bookkeeper: Bookkeeper
    ) -> None:
        customer = bookkeeper.a_customer()
        bookkeeper.do(f"contacts/{customer['id']}/rename", name="Nul\0l \\u0000 Ltd")
        record = everything(ledger, Resource.CUSTOMERS)[customer["id"]]
        assert isinstance(record, CustomerRecord)
        assert record.name == "Nul\ufffdl \\u0000 Ltd"

    def test_an_archived_customer_is_told_as_inactive(
        self, ledger: Ledger, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        customer = bookkeeper.a_customer()
        sandbox.advance(seconds=3600)
        since = sandbox.now() - timedelta(minutes=10)
        bookkeeper.do(f"contacts/{customer['id']}/archive")
        rows, _ = changed_since(ledger, Resource.CUSTOMERS, since)
        record = rows[customer["id"]]
        assert isinstance(record, CustomerRecord)
        assert not record.is_active

    def test_a_change_between_the_pages_of_a_whole_read_is_not_lost(
        self, ledger: Ledger, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        """The storm works while the pages are read; what it did is handed over by then or by the next read."""
        calm = threading.Event()

        def storm() -> None:
            seed = 0
            while not calm.is_set():
                seed += 1
                bookkeeper.do("storm", edits=3, seed=seed)

        began = sandbox.now() - timedelta(seconds=5)
        worker = threading.Thread(target=storm)
        worker.start()
        try:
            read = everything(ledger, Resource.INVOICES)
        finally:
            calm.set()
            worker.join()
        rows, deleted = changed_since(ledger, Resource.INVOICES, began)
        after = {**read, **rows}
        books = {row["id"]: row for row in bookkeeper.invoices() if row["status"] in _STATES}
        living = {key: record for key, record in after.items() if key not in deleted and key in books}
        assert set(living) == set(books)
        for external_id, record in living.items():
            assert isinstance(record, InvoiceRecord)
            assert (record.total, record.amount_due) == money(books[external_id], "total", "amount_due")
