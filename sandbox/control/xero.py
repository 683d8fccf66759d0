"""What people do in Xero itself, without its pages, and the books as JSON."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from flask import Blueprint, request

from sandbox.control.wishes import Wishes
from sandbox.world import World
from sandbox.xero import edits
from sandbox.xero.judging import ledger_as_json

Edit = Callable[..., Any]
Given = TypeVar("Given", date, Decimal)
DEFAULT_EDITS = 50


def add_routes(control: Blueprint, world: World) -> None:
    """/control/xero/..."""

    @control.get("/xero/ledger")
    def ledger() -> dict[str, Any]:
        with world.lock:
            return ledger_as_json(world.xero)

    @control.post("/xero/webhooks/intent-to-receive")
    def intent_to_receive() -> list[dict[str, Any]]:
        return world.xero.feed.intent_to_receive()

    def add(rule: str, edit: Callable[..., Any]) -> None:
        def view(**path: str) -> dict[str, Any]:
            wishes = Wishes.of(request)
            with world.lock:
                return _answer(edit(world, wishes, **path))

        control.add_url_rule(rule, f"xero {rule}".replace(".", " "), view, methods=["POST"])

    _add_invoice_edits(add)
    _add_other_edits(add)


def _add_invoice_edits(add: Callable[[str, Edit], None]) -> None:
    def pay(world: World, wishes: Wishes, number: str) -> Any:
        paid_on, reference = wishes.day("on"), wishes.optional_text("reference") or ""
        return edits.pay_invoice(world.xero, number, wishes.money("amount"), paid_on, reference)

    def void(world: World, _wishes: Wishes, number: str) -> Any:
        return edits.void_invoice(world.xero, number)

    def change_due(world: World, wishes: Wishes, number: str) -> Any:
        return edits.edit_due_date(world.xero, number, _required(wishes.day("due"), "due"))

    def credit(world: World, wishes: Wishes, number: str) -> Any:
        return edits.credit_invoice(world.xero, number, wishes.money("amount"))

    def raise_one(world: World, wishes: Wishes) -> Any:
        return edits.raise_invoice(
            world.xero,
            contact=wishes.text("contact"),
            amount=_required(wishes.money("amount"), "amount"),
            currency=wishes.optional_text("currency"),
            number=wishes.optional_text("number"),
            issued=wishes.day("issued"),
            due=wishes.day("due"),
            reference=wishes.optional_text("reference") or "",
            status=wishes.optional_text("status") or "AUTHORISED",
        )

    add("/xero/invoices", raise_one)
    add("/xero/invoices/<path:number>/pay", pay)
    add("/xero/invoices/<path:number>/void", void)
    add("/xero/invoices/<path:number>/due", change_due)
    add("/xero/invoices/<path:number>/credit", credit)


def _add_other_edits(add: Callable[[str, Edit], None]) -> None:
    def archive_contact(world: World, _wishes: Wishes, contact: str) -> Any:
        return edits.archive_contact(world.xero, contact)

    def change_email(world: World, wishes: Wishes, contact: str) -> Any:
        return edits.change_email(world.xero, contact, wishes.optional_text("email") or "")

    def archive_account(world: World, _wishes: Wishes, code: str) -> Any:
        return edits.archive_account(world.xero, code)

    def delete_payment(world: World, _wishes: Wishes, payment: str) -> Any:
        return edits.delete_payment(world.xero, payment)

    def lock(world: World, wishes: Wishes) -> dict[str, Any]:
        day = wishes.day("date")
        edits.set_lock_date(world.xero, day, end_of_year=wishes.flag("end_of_year"))
        return {"date": day.isoformat() if day else None}

    def disconnect(world: World, wishes: Wishes) -> dict[str, int]:
        return {"connections": edits.disconnect(world.xero, wishes.optional_text("organisation"))}

    def storm(world: World, wishes: Wishes) -> dict[str, int]:
        wanted = wishes.count("edits")
        return edits.storm(world.xero, DEFAULT_EDITS if wanted is None else wanted, wishes.count("seed") or 0)

    add("/xero/contacts/<path:contact>/archive", archive_contact)
    add("/xero/contacts/<path:contact>/email", change_email)
    add("/xero/accounts/<code>/archive", archive_account)
    add("/xero/payments/<payment>/delete", delete_payment)
    add("/xero/lock-date", lock)
    add("/xero/disconnect", disconnect)
    add("/xero/storm", storm)


def _answer(record: Any) -> dict[str, Any]:
    """The record that was made or changed, by its id and number."""
    if isinstance(record, dict):
        return record
    named = {"id": record.id, "number": getattr(record, "number", None), "status": record.status}
    return {name: value for name, value in named.items() if value is not None}


def _required(value: Given | None, name: str) -> Given:
    if value is None:
        raise ValueError(f"{name} is missing")
    return value
