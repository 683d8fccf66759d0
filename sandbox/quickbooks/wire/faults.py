"""Refusals as the fault objects of answers."""

from sandbox.quickbooks.books.rules import Refused
from sandbox.quickbooks.wire.parts import Shape


def fault(refused: Refused) -> Shape:
    """The value of `Fault`, alone in an answer or in an item of a batch."""
    error = {
        "Message": refused.message,
        "Detail": refused.detail,
        "code": refused.code,
        "element": refused.element,
    }
    return {"Error": [error], "type": "ValidationFault"}
