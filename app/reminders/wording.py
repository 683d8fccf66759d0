"""The words of a step: Jinja2 text with a few plain variables, filled in without any power over us. Pure.

A step's text may use `{{ variable }}` and `{% if variable == 1 %} ... {% else %} ... {% endif %}`, nothing else:
no calls, loops, filters or attributes. An unknown variable is refused when the text is saved and, should one
ever get that far, keeps the reminder from leaving.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from app.kit.errors import DueMateError

VARIABLES: Mapping[str, str] = {
    "customer_name": "Name of the customer, as the ledger has it.",
    "first_name": "First name of the customer's contact; the customer's name where there is none.",
    "business_name": "Your organisation's name.",
    "invoices": "“invoice INV-1” for one, “3 invoices” for several.",
    "invoice_numbers": "The numbers, such as “INV-1, INV-2 and INV-3”.",
    "invoice_count": "How many invoices the reminder covers, as a number.",
    "total": "What is open in all, with its currency, such as “£1,240.00”.",
    "currency": "The currency's code, such as “GBP”.",
    "due_on": "Due date of the invoice longest overdue, such as “Thu 3 Dec 2026”.",
    "days_overdue": "How many days that invoice is overdue, as a number; 0 when it is not.",
    "today": "The day of sending.",
    "pay_link": "Address of the pay page, for text messages (a mail has a button). Empty without it.",
    "has_pay_link": "Whether the message has a pay link (you take card payments).",
    "debit_failed": "Whether the customer's bank has just returned a debit for it. Without it, we say so for you.",
    "debit_amount": "The amount of that debit, with its currency. Empty without it.",
    "late_fees": "What is open of late fees beside the invoices of the list, with its currency. Empty where nothing "
    "is. Without it, we say so for you.",
    "debit_day": "The day on which that debit began, such as “19 Nov 2026”. Empty without it.",
}

LONGEST_SUBJECT = 250
LONGEST_BODY = 10_000
LONGEST_TEXT_MESSAGE = 1_000
_DEEPEST = 8
_MOST_NODES = 2_000

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_NESTING = re.compile(r"\{%[-+]?\s*(?:if|endif)\b|[()]")
_environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


class WordingFault(DueMateError):
    """A step's text cannot be used; the message says why and how to mend it."""


def check(text: str, *, longest: int = LONGEST_BODY) -> None:
    """Refuse a text that could not be filled in. Raises WordingFault."""
    if not text.strip():
        raise WordingFault("Write something here: an empty text cannot be sent.")
    if len(text) > longest:
        raise WordingFault(f"This text has {len(text)} characters; {longest} is the most.")
    _compiled(text)


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with its variables filled in. Raises WordingFault."""
    try:
        return _compiled(text).render(values)
    except TemplateError as fault:
        raise WordingFault(f"{fault.message or 'a variable has no value'}.") from fault
    except TypeError as fault:
        raise WordingFault("A condition compares words with a number; compare like with like.") from fault


@lru_cache(maxsize=512)
def variables_in(text: str) -> frozenset[str]:
    """The variables that a text which has been checked makes use of."""
    return frozenset(node.name for node in _environment.parse(text).find_all(nodes.Name))


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    """The text as a program, once everything in it has been allowed. Raises WordingFault."""
    _check_nesting(text)
    try:
        tree = _environment.parse(text)
        for count, node in enumerate((tree, *tree.find_all(nodes.Node))):
            if count > _MOST_NODES:
                raise WordingFault("This text has too many variables and conditions; make it simpler.")
            _check_node(node)
        return _environment.from_string(text)
    except TemplateSyntaxError as fault:
        raise WordingFault(f"Line {fault.lineno}: {fault.message}.") from fault
    except (RecursionError, SyntaxError, ValueError) as fault:
        # Chains and numbers of a length that neither the parser nor Python itself takes.
        raise WordingFault("This text is too intricate to be understood; make it simpler.") from fault


def _check_nesting(text: str) -> None:
    """Before anything is parsed: what nests deeply would exhaust the parser. Raises WordingFault."""
    depth = brackets = 0
    for mark in _NESTING.findall(text):
        depth += {"if": 1, "endif": -1}.get(mark[2:].strip("-+ \t\n"), 0) if mark.startswith("{%") else 0
        brackets += {"(": 1, ")": -1}.get(mark, 0)
        if depth > _DEEPEST or brackets > _DEEPEST * 8:
            raise WordingFault(f"Conditions may stand {_DEEPEST} deep in each other, no deeper.")


def _check_node(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise WordingFault(
            f"Line {node.lineno}: only {{{{ variables }}}} and {{% if %}} are understood here, "
            f"not “{type(node).__name__.lower()}”."
        )
    if isinstance(node, nodes.Const) and not _can_be_sent(node.value):
        raise WordingFault(
            f"Line {node.lineno}: what is written out here is no number or text that can be sent."
        )
    if isinstance(node, nodes.Name) and node.name not in VARIABLES:
        raise WordingFault(
            f"Line {node.lineno}: “{node.name}” is not a variable. There are: {', '.join(VARIABLES)}."
        )


def _can_be_sent(value: object) -> bool:
    """Whether a number has an end, and a text no characters that escapes have made and no mail can carry."""
    if isinstance(value, str):
        return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in value)
    return not isinstance(value, float) or isfinite(value)
