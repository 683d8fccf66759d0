"""QuickBooks' query language: one entity, conditions joined by AND, an order, a page.

SELECT * FROM Invoice WHERE Balance > '0' AND DocNumber LIKE 'A-%' ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000
SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)
"""

from dataclasses import dataclass

from sandbox.quickbooks.query.fields import FIELDS
from sandbox.quickbooks.query.tokens import Token, invalid, tokens, unreadable

COMPARISONS = ("=", "<", ">", "<=", ">=")
DEFAULT_RESULTS = 100
MOST_RESULTS = 1000
MOST_DIGITS = 9


@dataclass(frozen=True)
class Condition:
    """One comparison; `operator` is a sign, IN or LIKE, and only IN has more than one literal."""

    field: str
    operator: str
    literals: tuple[Token, ...]


@dataclass(frozen=True)
class Order:
    """A field to sort by."""

    field: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """What was asked for. No `fields` means all of them; `counting` only how many there are."""

    entity: str
    fields: tuple[str, ...] = ()
    counting: bool = False
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    start: int = 1
    most: int = DEFAULT_RESULTS


def parsed(text: str) -> Query:
    """The query that a text means. Refused 4000 for its grammar, 4001 for what it names."""
    return _Parser(tokens(text)).query()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found

    def query(self) -> Query:
        self._expect("SELECT")
        fields, counting = self._selection()
        self._expect("FROM")
        self._entity = self._entity_named(self._word())
        conditions = self._conditions() if self._takes("WHERE") else ()
        orders = self._orders()
        start, most = self._page()
        if self._tokens:
            raise unreadable(f"Encountered {self._tokens[0].value!r} after the end of the query")
        return Query(self._entity, fields, counting, conditions, orders, start, most)

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._takes_sign("*"):
            return (), False
        first = self._word()
        if first.upper() == "COUNT" and self._takes_sign("("):
            for sign in ("*", ")"):
                if not self._takes_sign(sign):
                    raise unreadable("COUNT(*) is the only count")
            return (), True
        fields = [first]
        while self._takes_sign(","):
            fields.append(self._word())
        return tuple(field.partition(".")[0] for field in fields), False

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._takes("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        field = self._field()
        operator = self._next()
        if operator.says("IN"):
            return Condition(field, "IN", self._literals())
        if operator.says("LIKE") or operator.value in COMPARISONS:
            return Condition(field, operator.value.upper(), (self._literal(),))
        raise unreadable(f"Encountered {operator.value!r} where a comparison was expected")

    def _literals(self) -> tuple[Token, ...]:
        if not self._takes_sign("("):
            raise unreadable("IN needs a list in parentheses")
        found = [self._literal()]
        while self._takes_sign(","):
            found.append(self._literal())
        if not self._takes_sign(")"):
            raise unreadable("a list is not closed")
        return tuple(found)

    def _literal(self) -> Token:
        token = self._next()
        if token.kind in {"text", "number"} or token.value.lower() in {"true", "false"}:
            return token
        raise unreadable(f"Encountered {token.value!r} where a value was expected")

    def _orders(self) -> tuple[Order, ...]:
        if self._takes("ORDER"):
            self._expect("BY")
        elif not self._takes("ORDERBY"):
            return ()
        found = [self._order()]
        while self._takes_sign(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        field = self._field()
        descending = self._takes("DESC")
        if not descending:
            self._takes("ASC")
        return Order(field, descending)

    def _page(self) -> tuple[int, int]:
        start = self._whole() if self._takes("STARTPOSITION") else 1
        most = self._whole() if self._takes("MAXRESULTS") else DEFAULT_RESULTS
        if start < 1:
            raise invalid("STARTPOSITION begins at 1")
        if not 1 <= most <= MOST_RESULTS:
            raise invalid(f"MAXRESULTS is 1 to {MOST_RESULTS}")
        return start, most

    def _entity_named(self, word: str) -> str:
        for entity in FIELDS:
            if entity.lower() == word.lower():
                return entity
        raise invalid(f"Invalid context declaration: {word}")

    def _field(self) -> str:
        word = self._word()
        for field in FIELDS[self._entity]:
            if field.lower() == word.lower():
                return field
        raise invalid(f"Property {word} not found for Entity {self._entity}")

    def _whole(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.value.isdecimal() or len(token.value) > MOST_DIGITS:
            raise unreadable(f"Encountered {token.value!r} where a whole number was expected")
        return int(token.value)

    def _word(self) -> str:
        token = self._next()
        if token.kind != "word":
            raise unreadable(f"Encountered {token.value!r} where a name was expected")
        return token.value

    def _next(self) -> Token:
        if not self._tokens:
            raise unreadable("the query ends too early")
        return self._tokens.pop(0)

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            seen = self._tokens[0].value if self._tokens else "the end"
            raise unreadable(f"Encountered {seen!r} where {word} was expected")

    def _takes(self, word: str) -> bool:
        if self._tokens and self._tokens[0].says(word):
            self._tokens.pop(0)
            return True
        return False

    def _takes_sign(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == Token("sign", sign):
            self._tokens.pop(0)
            return True
        return False
