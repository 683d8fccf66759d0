"""What people do in Xero itself, without its pages, and the books as JSON."""

from typing import Any

from flask import Blueprint

from sandbox.control.editing import EditRoutes, edits_wanted, required
from sandbox.control.wishes import Wishes
from sandbox.world import World
from sandbox.xero import edits
from sandbox.xero.judging import ledger_as_json


def add_routes(control: Blueprint, world: World) -> None:
    """/control/xero/..."""

    @control.get("/xero/ledger")
    def ledger() -> dict[str, Any]:
        with world.lock:
            return ledger_as_json(world.xero)

    @control.post("/xero/webhooks/intent-to-receive")
    def intent_to_receive() -> list[dict[str, Any]]:
        return world.xero.feed.intent_to_receive()

    routes = EditRoutes(control, world, "xero")
    _add_invoice_edits(routes)
    _add_contact_edits(routes)
    _add_entry_edits(routes)
    _add_other_edits(routes)


def _add_invoice_edits(routes: EditRoutes) -> None:
    def pay(world: World, wishes: Wishes, number: str) -> Any:
        paid_on, reference = wishes.day("on"), wishes.optional_text("reference") or ""
        return edits.pay_invoice(world.xero, number, wishes.money("amount"), paid_on, reference)

    def void(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.void_invoice(world.xero, number)

    def delete(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.delete_draft(world.xero, number)

    def change_due(world: World, wishes: Wishes, number: str) -> Any:
        return edits.edit_due_date(world.xero, number, required(wishes.day("due"), "due"))

    def credit(world: World, wishes: Wishes, number: str) -> Any:
        return edits.credit_invoice(world.xero, number, wishes.money("amount"))

    def raise_one(world: World, wishes: Wishes) -> Any:
        return edits.raise_invoice(
            world.xero,
            contact=wishes.text("contact"),
            amount=required(wishes.money("amount"), "amount"),
            currency=wishes.optional_text("currency"),
            number=wishes.optional_text("number"),
            issued=wishes.day("issued"),
            due=wishes.day("due"),
            reference=wishes.optional_text("reference") or "",
            status=wishes.optional_text("status") or "AUTHORISED",
        )

    routes.add("/invoices", raise_one)
    routes.add("/invoices/<path:number>/pay", pay)
    routes.add("/invoices/<path:number>/void", void)
    routes.add("/invoices/<path:number>/delete", delete)
    routes.add("/invoices/<path:number>/due", change_due)
    routes.add("/invoices/<path:number>/credit", credit)


def _add_contact_edits(routes: EditRoutes) -> None:
    def archive_contact(world: World, _wishes: Wishes, contact: str) -> Any:
        return edits.archive_contact(world.xero, contact)

    def change_email(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.change_email(world.xero, contact, wishes.optional_text("email") or "")

    def change_phone(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.change_phone(world.xero, contact, wishes.optional_text("phone") or "")

    def change_persons(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.change_persons(world.xero, contact, wishes.rows("persons"))

    def change_address(world: World, wishes: Wishes, contact: str) -> Any:
        region, country = wishes.optional_text("region") or "", wishes.optional_text("country") or ""
        return edits.change_address(world.xero, contact, region, country)

    def receive(world: World, wishes: Wishes, contact: str) -> Any:
        amount = required(wishes.money("amount"), "amount")
        return edits.receive(world.xero, contact, amount, early=wishes.flag("early"))

    def rename(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.rename_contact(world.xero, contact, wishes.text("name"))

    def merge(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.merge_contacts(world.xero, contact, wishes.text("into"))

    routes.add("/contacts/<path:contact>/archive", archive_contact)
    routes.add("/contacts/<path:contact>/email", change_email)
    routes.add("/contacts/<path:contact>/persons", change_persons)
    routes.add("/contacts/<path:contact>/phone", change_phone)
    routes.add("/contacts/<path:contact>/address", change_address)
    routes.add("/contacts/<path:contact>/receive", receive)
    routes.add("/contacts/<path:contact>/rename", rename)
    routes.add("/contacts/<path:contact>/merge", merge)


def _add_entry_edits(routes: EditRoutes) -> None:
    def reconcile(world: World, _wishes: Wishes, identity: str) -> Any:
        return edits.reconcile(world.xero, identity)

    def move_entry(world: World, wishes: Wishes, identity: str) -> Any:
        return edits.move_entry(world.xero, identity, required(wishes.day("date"), "date"))

    routes.add("/entries/<identity>/reconcile", reconcile)
    routes.add("/entries/<identity>/move", move_entry)


def _add_other_edits(routes: EditRoutes) -> None:
    def archive_account(world: World, _wishes: Wishes, code: str) -> Any:
        return edits.archive_account(world.xero, code)

    def delete_payment(world: World, _wishes: Wishes, payment: str) -> Any:
        return edits.delete_payment(world.xero, payment)

    def void_received(world: World, _wishes: Wishes, identity: str) -> Any:
        return edits.void_received(world.xero, identity)

    def give_back(world: World, wishes: Wishes, identity: str) -> Any:
        return edits.give_back(world.xero, identity, required(wishes.money("amount"), "amount"))

    def lock(world: World, wishes: Wishes) -> dict[str, Any]:
        day = wishes.day("date")
        edits.set_lock_date(world.xero, day, end_of_year=wishes.flag("end_of_year"))
        return {"date": day.isoformat() if day else None}

    def set_region(world: World, wishes: Wishes) -> dict[str, str]:
        region = wishes.optional_text("region") or ""
        edits.set_region(world.xero, region)
        return {"region": region}

    def disconnect(world: World, wishes: Wishes) -> dict[str, int]:
        return {"connections": edits.disconnect(world.xero, wishes.optional_text("organisation"))}

    def storm(world: World, wishes: Wishes) -> dict[str, int]:
        return edits.storm(world.xero, *edits_wanted(wishes))

    routes.add("/accounts/<code>/archive", archive_account)
    routes.add("/payments/<payment>/delete", delete_payment)
    routes.add("/received/<identity>/void", void_received)
    routes.add("/received/<identity>/give-back", give_back)
    routes.add("/lock-date", lock)
    routes.add("/region", set_region)
    routes.add("/disconnect", disconnect)
    routes.add("/storm", storm)
