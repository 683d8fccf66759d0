"""Only what Intuit signed is believed, and nothing in it can break the reader."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.base import ChangeNotice, ForgedWebhook
from app.connectors.quickbooks.webhook import parse, verify

KEY = "verifier"
EVENT = {
    "specversion": "1.0",
    "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
    "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
    "type": "qbo.invoice.updated.v1",
    "datacontenttype": "application/json",
    "time": "2026-11-20T09:31:25.179851517Z",
    "intuitentityid": "1234",
    "intuitaccountid": "310687",
    "data": {},
}
NOTICE = ChangeNotice(EVENT["id"], "310687", "invoice", "1234")  # type: ignore[arg-type]
OLDER = {"id": "7", "operation": "Void", "name": "Payment", "lastUpdated": "2026-06-08T20:52:31.657Z"}


def body(*events: object) -> bytes:
    return json.dumps(events).encode()


def older(*entities: object, realm: object = "310687") -> dict[str, Any]:
    return {"realmId": realm, "dataChangeEvent": {"entities": list(entities)}}


def older_body(*notifications: object) -> bytes:
    return json.dumps({"eventNotifications": notifications}).encode()


def test_the_signature_is_made_over_the_raw_body() -> None:
    signature = base64.b64encode(hmac.new(KEY.encode(), body(EVENT), hashlib.sha256).digest()).decode()
    verify(body(EVENT), signature, KEY)
    with pytest.raises(ForgedWebhook):
        verify(body(EVENT) + b" ", signature, KEY)
    with pytest.raises(ForgedWebhook):
        verify(body(EVENT), signature, "another key")


@pytest.mark.parametrize("header", ["", "x", "ü", "\udcff"])
def test_any_other_header_is_forged(header: str) -> None:
    with pytest.raises(ForgedWebhook):
        verify(body(EVENT), header, KEY)


def test_each_event_has_a_company_of_its_own() -> None:
    other = {**EVENT, "id": "2", "intuitaccountid": "999", "type": "qbo.customer.merged.v1"}
    assert parse(body(EVENT, other)) == [NOTICE, ChangeNotice("2", "999", "customer", "1234")]


def test_an_event_delivered_again_has_the_same_key() -> None:
    again = {**EVENT, "time": "2026-11-20T09:31:26Z", "data": {"new": True}}
    assert parse(body(again)) == [NOTICE]


@pytest.mark.parametrize("missing", ["id", "type", "intuitentityid", "intuitaccountid"])
@pytest.mark.parametrize("value", [None, 5, "", "\0", [], {}, "x" * 1000])
def test_an_event_without_what_we_need_is_skipped_and_costs_the_others_nothing(
    missing: str, value: object
) -> None:
    without = {name: told for name, told in EVENT.items() if name != missing}
    assert parse(body(without, {**EVENT, missing: value}, EVENT)) == [NOTICE]


@pytest.mark.parametrize("kind", ["qbo.invoice", "invoice", "...", "payments.charge.updated.v1"])
def test_an_event_of_another_kind_is_skipped(kind: str) -> None:
    assert parse(body({**EVENT, "type": kind}, EVENT)) == [NOTICE]


def test_the_older_object_is_understood_too() -> None:
    second = {**OLDER, "id": "8", "name": "Customer", "operation": "Merge", "deletedId": "9"}
    told = parse(older_body(older(OLDER, second), older(OLDER, realm="999")))
    assert [(n.organisation, n.resource, n.record) for n in told] == [
        ("310687", "payment", "7"),
        ("310687", "customer", "8"),
        ("999", "payment", "7"),
    ]
    assert len({notice.external_key for notice in told}) == 3
    assert parse(older_body(older(OLDER, second), older(OLDER, realm="999"))) == told


def test_a_later_change_of_the_same_record_is_another_event() -> None:
    later = {**OLDER, "lastUpdated": "2026-06-08T20:52:32Z"}
    first, second = parse(older_body(older(OLDER, later)))
    assert first.external_key != second.external_key


@pytest.mark.parametrize(
    "broken",
    [
        {"realmId": "1"},
        {"realmId": "1", "dataChangeEvent": None},
        older(5, None, {}, {**OLDER, "id": 7}, {**OLDER, "name": ""}, {**OLDER, "lastUpdated": "\0"}),
        older(OLDER, realm=5),
        older(OLDER, realm="1" * 1000),
        "text",
    ],
)
def test_older_events_without_what_we_need_are_skipped(broken: object) -> None:
    assert len(parse(older_body(broken, older(OLDER)))) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"[[]]",
        b"[" * 100_000,
        b'[{"id":' * 50_000,
        b'{"eventNotifications":' + b"[" * 100_000,
        b'{"eventNotifications":{}}',
        b"\xff\xfe",
        b'[{"id":"\\ud800","type":"qbo.a.b.v1","intuitentityid":"1","intuitaccountid":"1"}]',
    ],
)
def test_garbage_means_nothing(garbage: bytes) -> None:
    assert parse(garbage) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "intuitentityid", "intuitaccountid", "eventNotifications", "realmId"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(JSON | st.lists(JSON))
def test_no_json_breaks_the_reader(told: object) -> None:
    for notice in parse(json.dumps(told).encode()):
        assert notice.external_key
        assert notice.organisation


@given(st.binary())
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    assert isinstance(parse(raw), list)
