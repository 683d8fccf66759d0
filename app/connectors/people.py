"""The people that a ledger names at a customer, each once. Pure."""

from collections.abc import Collection, Iterable

from app.connectors.records import PersonRecord


def named_once(people: Iterable[PersonRecord], *, beside: Collection[str]) -> tuple[PersonRecord, ...]:
    """Without those who say nothing, who are told twice, or whose address is the customer's own (`beside`)."""
    known, found = {address.lower() for address in beside if address}, []
    for person in people:
        mark = (person.email or person.name).lower()
        if mark and mark not in known:
            known.add(mark)
            found.append(person)
    return tuple(found)
