"""The short forms by which entries are found again."""

from hypothesis import given
from hypothesis import strategies as some

from app.connectors.quickbooks.booking_marks import note, reference, request_id


def test_a_reference_is_always_the_same_and_says_whose_it_is() -> None:
    # Entries made by an earlier version must be found by a later one: this value may never change.
    assert reference("Stripe pi_3QabcDEF") == "DM-UAMTWWNRI5OWBCBEDY"


@given(some.lists(some.text(max_size=300), unique=True, min_size=2, max_size=20))
def test_references_fit_their_field_and_are_told_apart(markers: list[str]) -> None:
    found = [reference(marker) for marker in markers]
    assert len(set(found)) == len(markers)
    assert {len(text) for text in found} == {21}
    assert all(text.replace("-", "").isalnum() and text.isascii() for text in found)


def test_a_request_id_fits_and_differs_by_key_and_step() -> None:
    ids = {request_id(key, step) for key in ("a" * 200, "b") for step in ("", "void 0", "void 1")}
    assert len(ids) == 6
    assert all(len(one) <= 50 for one in ids)


def test_a_note_begins_with_the_marker_and_fits() -> None:
    assert note("Stripe pi_1", "Paid by card.") == "Stripe pi_1\nPaid by card."
    assert note("Stripe pi_1", "") == "Stripe pi_1"
    assert len(note("Stripe pi_1", "x" * 9000)) == 4000
