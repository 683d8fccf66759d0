"""What people do in QuickBooks itself, without its pages, and the books as JSON."""

from typing import Any

from flask import Blueprint

from sandbox.control.editing import EditRoutes, edits_wanted, required
from sandbox.control.wishes import Wishes
from sandbox.quickbooks import edits
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.judging import ledger_as_json
from sandbox.world import World

NO_DRAFTS = "QuickBooks knows no status of invoices; leave it out"


def add_routes(control: Blueprint, world: World) -> None:
    """/control/quickbooks/..."""

    @control.get("/quickbooks/ledger")
    def quickbooks_ledger() -> dict[str, Any]:
        with world.lock:
            return ledger_as_json(world.quickbooks)

    routes = EditRoutes(control, world, "quickbooks")
    _add_invoice_edits(routes)
    _add_payment_edits(routes)
    _add_contact_edits(routes)
    _add_other_edits(routes)


def _books(world: World) -> Books:
    return world.quickbooks.main


def _raise_invoice(world: World, wishes: Wishes) -> Any:
    if wishes.optional_text("status") not in {None, "AUTHORISED"}:
        raise ValueError(NO_DRAFTS)
    return edits.raise_invoice(
        _books(world),
        edits.find_contact(_books(world), wishes.text("contact")),
        required(wishes.money("amount"), "amount"),
        currency=wishes.optional_text("currency"),
        number=wishes.optional_text("number"),
        issued=wishes.day("issued"),
        due=wishes.day("due"),
        note=wishes.optional_text("reference") or "",
    )


def _add_invoice_edits(routes: EditRoutes) -> None:
    def pay(world: World, wishes: Wishes, number: str) -> Any:
        books, account = _books(world), wishes.optional_text("account")
        return edits.pay_invoice(
            books,
            edits.find_invoice(books, number),
            wishes.money("amount"),
            on=wishes.day("on"),
            reference=wishes.optional_text("reference") or "",
            account=edits.find_account(books, account) if account else None,
        )

    def void(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.void_invoice(_books(world), edits.find_invoice(_books(world), number))

    def delete(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.delete_invoice(_books(world), edits.find_invoice(_books(world), number))

    def change_copies(world: World, wishes: Wishes, number: str) -> Any:
        invoice = edits.find_invoice(_books(world), number)
        copies, hidden = (wishes.optional_text(name) or "" for name in ("cc", "bcc"))
        return edits.change_copies(_books(world), invoice, copies, hidden)

    def change_due(world: World, wishes: Wishes, number: str) -> Any:
        invoice = edits.find_invoice(_books(world), number)
        return edits.edit_due_date(_books(world), invoice, required(wishes.day("due"), "due"))

    def credit(world: World, wishes: Wishes, number: str) -> Any:
        invoice = edits.find_invoice(_books(world), number)
        return edits.credit_invoice(_books(world), invoice, wishes.money("amount"))

    def mail(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.mail_invoice(_books(world), edits.find_invoice(_books(world), number))

    routes.add("/invoices", _raise_invoice)
    routes.add("/invoices/<path:number>/pay", pay)
    routes.add("/invoices/<path:number>/void", void)
    routes.add("/invoices/<path:number>/delete", delete)
    routes.add("/invoices/<path:number>/copies", change_copies)
    routes.add("/invoices/<path:number>/due", change_due)
    routes.add("/invoices/<path:number>/credit", credit)
    routes.add("/invoices/<path:number>/mail", mail)


def _add_payment_edits(routes: EditRoutes) -> None:
    def delete(world: World, _wishes: Wishes, payment: str) -> Any:
        return edits.delete_payment(_books(world), edits.find_payment(_books(world), payment))

    def void(world: World, _wishes: Wishes, payment: str) -> Any:
        return edits.void_payment(_books(world), edits.find_payment(_books(world), payment))

    def deposit(world: World, wishes: Wishes, payment: str) -> Any:
        found = edits.find_payment(_books(world), payment)
        return edits.deposit_payment(_books(world), found, wishes.money("fee"))

    routes.add("/payments/<payment>/delete", delete)
    routes.add("/payments/<payment>/void", void)

    def use_credit(world: World, wishes: Wishes, payment: str) -> Any:
        books = _books(world)
        invoice = edits.find_invoice(books, wishes.text("invoice"))
        return edits.use_credit(books, edits.find_payment(books, payment), invoice)

    def reconcile(world: World, _wishes: Wishes, identity: str) -> Any:
        return edits.reconcile(_books(world), edits.find_entry(_books(world), identity))

    def move_entry(world: World, wishes: Wishes, identity: str) -> Any:
        books = _books(world)
        return edits.move_entry(
            books, edits.find_entry(books, identity), required(wishes.day("date"), "date")
        )

    routes.add("/entries/<identity>/move", move_entry)
    routes.add("/payments/<payment>/deposit", deposit)
    routes.add("/payments/<payment>/use", use_credit)
    routes.add("/entries/<identity>/reconcile", reconcile)


def _add_contact_edits(routes: EditRoutes) -> None:
    def archive(world: World, _wishes: Wishes, contact: str) -> Any:
        return edits.archive_contact(_books(world), edits.find_contact(_books(world), contact))

    def change_email(world: World, wishes: Wishes, contact: str) -> Any:
        customer = edits.find_contact(_books(world), contact)
        return edits.change_email(_books(world), customer, wishes.optional_text("email") or "")

    def change_persons(world: World, wishes: Wishes, contact: str) -> Any:
        customer = edits.find_contact(_books(world), contact)
        included = [one for one in wishes.rows("persons") if one.get("IncludeInEmails")]
        return edits.change_further_emails(
            _books(world), customer, [str(one.get("EmailAddress", "")) for one in included]
        )

    def change_phone(world: World, wishes: Wishes, contact: str) -> Any:
        customer = edits.find_contact(_books(world), contact)
        return edits.change_phone(_books(world), customer, wishes.optional_text("phone") or "")

    def change_address(world: World, wishes: Wishes, contact: str) -> Any:
        customer = edits.find_contact(_books(world), contact)
        region, country = wishes.optional_text("region") or "", wishes.optional_text("country") or ""
        return edits.change_address(_books(world), customer, region, country)

    def rename(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.rename_contact(
            _books(world), edits.find_contact(_books(world), contact), wishes.text("name")
        )

    def merge(world: World, wishes: Wishes, contact: str) -> Any:
        books = _books(world)
        winner = edits.find_contact(books, wishes.text("into"))
        return edits.merge_contacts(books, edits.find_contact(books, contact), winner)

    routes.add("/contacts/<path:contact>/archive", archive)
    routes.add("/contacts/<path:contact>/email", change_email)
    routes.add("/contacts/<path:contact>/persons", change_persons)
    routes.add("/contacts/<path:contact>/phone", change_phone)
    routes.add("/contacts/<path:contact>/address", change_address)
    routes.add("/contacts/<path:contact>/rename", rename)
    routes.add("/contacts/<path:contact>/merge", merge)


def _add_other_edits(routes: EditRoutes) -> None:
    def archive_account(world: World, _wishes: Wishes, account: str) -> Any:
        return edits.archive_account(_books(world), edits.find_account(_books(world), account))

    def lock(world: World, wishes: Wishes) -> dict[str, Any]:
        day = wishes.day("date")
        edits.set_lock_date(_books(world), day, password=wishes.flag("password"))
        return {"date": day.isoformat() if day else None}

    def set_region(world: World, wishes: Wishes) -> dict[str, str]:
        region = wishes.optional_text("region") or ""
        edits.set_region(_books(world), region)
        return {"region": region}

    def set_country(world: World, wishes: Wishes) -> dict[str, str]:
        country = wishes.text("country")
        edits.set_country(_books(world), country)
        return {"country": country}

    def disconnect(world: World, wishes: Wishes) -> dict[str, int]:
        return {"connections": edits.disconnect(world.quickbooks, wishes.optional_text("organisation"))}

    def storm(world: World, wishes: Wishes) -> dict[str, int]:
        return edits.storm(_books(world), *edits_wanted(wishes))

    routes.add("/accounts/<path:account>/archive", archive_account)
    routes.add("/lock-date", lock)
    routes.add("/region", set_region)
    routes.add("/country", set_country)
    routes.add("/disconnect", disconnect)
    routes.add("/storm", storm)
