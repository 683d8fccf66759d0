"""Sealed values open in their own place only."""

from uuid import uuid4

import pytest

from app.kit.sealing import LocalMasterKey, SealBroken, Sealer, new_data_key, tenant_sealer


def test_a_sealed_value_opens_where_it_was_sealed() -> None:
    row, sealer = uuid4(), Sealer(new_data_key(), "tenant-1")
    sealed = sealer.seal("ada@harbour.example", column="customer.emails", row=row)
    assert b"ada" not in sealed
    assert sealer.open(sealed, column="customer.emails", row=row) == "ada@harbour.example"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealer = Sealer(new_data_key(), "t")
    assert sealer.seal("x", column="c", row="1") != sealer.seal("x", column="c", row="1")


@pytest.mark.parametrize(
    ("owner", "column", "row"), [("other", "c", "1"), ("t", "other", "1"), ("t", "c", "2")]
)
def test_a_sealed_value_moved_elsewhere_does_not_open(owner: str, column: str, row: str) -> None:
    key = new_data_key()
    sealed = Sealer(key, "t").seal("secret", column="c", row="1")
    with pytest.raises(SealBroken):
        Sealer(key, owner).open(sealed, column=column, row=row)


def test_an_altered_value_does_not_open() -> None:
    sealer = Sealer(new_data_key(), "t")
    sealed = bytearray(sealer.seal("secret", column="c", row="1"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), column="c", row="1")


def test_nothing_is_kept_of_an_empty_text_and_what_does_not_open_may_count_as_missing() -> None:
    sealer = Sealer(new_data_key(), "t1")
    assert sealer.seal_unless_empty("", column="name", row="r1") is None
    sealed = sealer.seal_unless_empty("Anne", column="name", row="r1")
    assert sealed is not None
    assert sealer.open_or_empty(sealed, column="name", row="r1") == "Anne"
    assert sealer.open_or_empty(sealed, column="name", row="r2") == ""
    assert sealer.open_or_empty(None, column="name", row="r1") == ""


def test_a_data_key_unwraps_for_its_tenant_and_master_key_only() -> None:
    tenant_id, other = uuid4(), uuid4()
    master = LocalMasterKey(b"m" * 32)
    wrapped = master.wrap(new_data_key(), tenant_id=tenant_id)
    assert tenant_sealer(master, tenant_id=tenant_id, wrapped_key=wrapped)
    with pytest.raises(SealBroken):
        master.unwrap(wrapped, tenant_id=other)
    with pytest.raises(SealBroken):
        LocalMasterKey(b"n" * 32).unwrap(wrapped, tenant_id=tenant_id)


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        LocalMasterKey(b"short")
