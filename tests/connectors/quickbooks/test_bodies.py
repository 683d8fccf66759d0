"""Answers, taken apart."""

import json

import pytest

from app.connectors.fields import read_row
from app.connectors.quickbooks import bodies, wire
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import OutcomeUnknown, Retryable


def body_of(text: bytes, *, is_write: bool = False) -> bodies.Body:
    body = bodies.read_body(text, is_write=is_write)
    assert body is not None
    return body


@pytest.mark.parametrize("text", [b"", b"<html/>", b"[1]", b'"text"', b'{"QueryResponse":', b"\xff"])
def test_what_is_no_json_object_is_no_body(text: bytes) -> None:
    assert bodies.read_body(text, is_write=False) is None


def test_half_a_surrogate_pair_costs_one_character_and_no_page() -> None:
    row = rb'{"Id":"1","DisplayName":"a\ud800b"}'
    body = body_of(b'{"QueryResponse":{"Customer":[' + row + b']},"time":"2026-11-20T01:02:03.000-08:00"}')
    [raw] = body.rows().of("Customer")
    assert read_row(raw, wire.Customer).name == "a\ufffdb"


def test_rows_are_told_with_the_time_of_the_answer() -> None:
    rows = body_of(b'{"QueryResponse":{"totalCount":7},"time":"2026-11-20T01:02:03.000-08:00"}').rows()
    assert (rows.total_count, rows.at, rows.of("Invoice")) == (7, "2026-11-20T01:02:03.000-08:00", [])


@pytest.mark.parametrize(
    "text", [b"{}", b'{"QueryResponse":7}', b'{"QueryResponse":{"Invoice":{}}}', b'{"QueryResponse":{}}']
)
def test_half_an_answer_is_none(text: bytes) -> None:
    with pytest.raises(Retryable):
        assert body_of(text).rows().of("Invoice") or body_of(text).rows().total_count


def test_a_write_that_is_answered_with_something_else_is_an_open_question() -> None:
    with pytest.raises(OutcomeUnknown):
        body_of(b'{"time":"now"}', is_write=True).record("Payment")


def test_the_items_of_a_batch_are_found_by_their_ids() -> None:
    items = [{"bId": "1", "Fault": {"Error": []}}, {"bId": "0", "QueryResponse": {"totalCount": 2}}]
    found = body_of(json.dumps({"BatchItemResponse": items, "time": "now"}).encode()).batch_items()
    assert found["1"].has_fault
    assert not found["0"].has_fault
    assert found["0"].rows(at="then").total_count == 2


@pytest.mark.parametrize(
    ("text", "literal"), [("7", "'7'"), ("O'Brien", r"'O\'Brien'"), ("back\\", r"'back\\'")]
)
def test_a_text_in_a_query_cannot_end_it(text: str, literal: str) -> None:
    assert quoted(text) == literal
