"""A rule as a form: what was typed, the draft it makes, and every fault at its field. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation

from app.late_fees.law import laws
from app.late_fees.rule_faults import faults_of
from app.late_fees.rules import RuleDraft
from app.models import LateFeeRule, LateFeeRuleKind

_NUMBERS = ("amount", "percent", "cap_percent", "cap_amount")
_OF_KIND = {
    LateFeeRuleKind.FIXED: {"amount"},
    LateFeeRuleKind.PERCENT: {"percent"},
    LateFeeRuleKind.STATUTORY: {"law", "with_compensation"},
}
_TYPED = ("name", "tag", "currency", "law", "every_days", "grace_days", "pay_within_days", *_NUMBERS)
_TICKED = ("with_compensation", "by_itself")
# A comma is one of thousands or it is not understood: 2,5 is not 25.
_IN_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass(frozen=True)
class RuleForm:
    """The fields as text."""

    kind: LateFeeRuleKind
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def kind_typed(text: str) -> LateFeeRuleKind:
    """The kind of rule that an address names; a fixed fee for anything else."""
    return LateFeeRuleKind(text) if text in set(LateFeeRuleKind) else LateFeeRuleKind.FIXED


def new_form(kind: LateFeeRuleKind, *, currency: str) -> RuleForm:
    """What a new rule begins with: nothing that charges by itself."""
    typed = {"currency": currency, "grace_days": "7", "pay_within_days": "14"}
    if kind is LateFeeRuleKind.STATUTORY:
        key = next((law.key for law in laws().values() if law.currency == currency), "GB")
        typed |= {
            "law": key,
            "currency": laws()[key].currency,
            "every_days": "30",
            "name": "Statutory interest",
        }
    return RuleForm(kind, typed)


def form_of(rule: LateFeeRule) -> RuleForm:
    """A saved rule as it would be typed."""
    typed = {name: _shown(getattr(rule, name)) for name in _TYPED}
    typed |= {name: "yes" for name in _TICKED if getattr(rule, name)}
    return RuleForm(rule.kind, typed)


def read_form(kind: LateFeeRuleKind, fields: Mapping[str, str]) -> tuple[RuleForm, RuleDraft | None]:
    """What was typed with its faults, and the draft if there are none."""
    typed = {name: fields.get(name, "").strip() for name in (*_TYPED, *_TICKED)}
    faults: dict[str, str] = {}
    numbers = {name: _number(typed, name, faults) for name in _NUMBERS}
    days = {name: _days(typed, name, faults) for name in ("every_days", "grace_days", "pay_within_days")}
    meant = _OF_KIND[kind]
    law = typed["law"] if "law" in meant else None
    known = laws().get(law) if law else None
    currency = known.currency if known else typed["currency"].upper()
    draft = RuleDraft(
        name=typed["name"],
        kind=kind,
        currency=currency,
        tag=typed["tag"] or None,
        amount=numbers["amount"] if "amount" in meant else None,
        percent=numbers["percent"] if "percent" in meant else None,
        law=law,
        with_compensation="with_compensation" in meant and bool(typed["with_compensation"]),
        every_days=days["every_days"],
        grace_days=days["grace_days"] or 0,
        cap_percent=numbers["cap_percent"],
        cap_amount=numbers["cap_amount"],
        pay_within_days=days["pay_within_days"] or 0,
        by_itself=bool(typed["by_itself"]),
    )
    faults = faults_of(asdict(draft)) | faults
    return RuleForm(kind, typed, faults), None if faults else draft


def _number(typed: Mapping[str, str], name: str, faults: dict[str, str]) -> Decimal | None:
    text = typed[name]
    if _IN_THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        number = Decimal("NaN")
    if number is None or number.is_finite():
        return number
    faults[name] = "Give a number, such as 2.5."
    return None


def _days(typed: Mapping[str, str], name: str, faults: dict[str, str]) -> int | None:
    text = typed[name]
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 5:
        return int(text)
    faults[name] = "Give a whole number of days."
    return None


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
