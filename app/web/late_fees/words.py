"""Late fees in words: what a rule charges, how a charge stands. Pure."""

from app.late_fees.law import laws
from app.late_fees.reading import ChargeRow
from app.late_fees.words import percent
from app.models import LateFeeKind, LateFeeRule, LateFeeRuleKind, LateFeeState, WriteBackState
from app.web.formats import counted, money
from app.web.states import StateWord, state_word

_KINDS = {
    LateFeeKind.FEE: "Late fee",
    LateFeeKind.INTEREST: "Interest",
    LateFeeKind.COMPENSATION: "Compensation",
}


def what_it_is(kind: LateFeeKind) -> str:
    """The name of a charge."""
    return _KINDS[kind]


def rule_sentence(rule: LateFeeRule) -> str:
    """What a rule charges, in one sentence."""
    match rule.kind:
        case LateFeeRuleKind.FIXED:
            what = money(rule.amount, rule.currency) if rule.amount is not None else ""
        case LateFeeRuleKind.PERCENT:
            what = f"{percent(rule.percent)} of what is overdue"
        case _:
            law = laws()[rule.law or ""]
            what = f"{law.reference_name} and {percent(law.margin)} a year"
            what += ", and the law's compensation" if rule.with_compensation else ""
    sentence = f"{what}, {_how_often(rule)}, {_grace(rule)}{_caps(rule)}."
    return sentence[0].upper() + sentence[1:]


def charge_state(row: ChargeRow) -> StateWord:
    """How a charge stands, in a word: its entry in the ledger tells once there is one."""
    if row.charge.state is LateFeeState.WAIVED:
        if row.entry_state is WriteBackState.UNDOING:
            return StateWord("Being taken back", "info")
        if row.entry_state is WriteBackState.PARKED:
            return StateWord("Needs you", "attention")
        return StateWord("Owed again", "attention") if row.has_come_back else StateWord("Waived", "calm")
    if row.charge.correction_asked_at is not None and row.entry_state is WriteBackState.UNDOING:
        return StateWord("Being corrected", "info")
    if row.entry_state is None:
        return StateWord("Planned", "calm")
    if row.entry_state is WriteBackState.DONE:
        if row.is_gone:
            return StateWord("Voided in the ledger", "attention")
        if row.is_changed:
            return StateWord("Changed in the ledger", "attention")
        return StateWord("Paid", "good") if row.left == 0 else StateWord("Charged", "good")
    return state_word(row.entry_state)


def _how_often(rule: LateFeeRule) -> str:
    if rule.every_days is None:
        return "once, when all is paid" if rule.law else "once for an invoice"
    return "every day" if rule.every_days == 1 else f"every {counted(rule.every_days, 'day')}"


def _grace(rule: LateFeeRule) -> str:
    if not rule.grace_days:
        return "from the day after the due date"
    return f"after {counted(rule.grace_days, 'day')} of grace"


def _caps(rule: LateFeeRule) -> str:
    limits = [f"{percent(rule.cap_percent)} of the invoice"] if rule.cap_percent is not None else []
    if rule.cap_amount is not None:
        limits.append(money(rule.cap_amount, rule.currency))
    return f", at most {' and at most '.join(limits)}" if limits else ""
