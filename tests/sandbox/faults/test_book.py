import pytest

from sandbox.faults import AFTER_THE_WRITE, WEBHOOK_KINDS, Fault, Faults


def test_a_fault_is_used_up_by_as_many_calls_as_asked() -> None:
    faults = Faults()
    faults.add(Fault("stripe", "500", times=2))
    taken = [faults.take("stripe", "GET /stripe/v1/events") for _ in range(3)]
    assert [fault is not None for fault in taken] == [True, True, False]
    assert faults.listing() == []


def test_a_fault_without_times_stays_until_removed() -> None:
    faults = Faults()
    number = faults.add(Fault("xero", "503", times=None))
    assert all(faults.take("xero", "GET /") for _ in range(20))
    assert faults.remove(number)
    assert faults.take("xero", "GET /") is None
    assert not faults.remove(number)


def test_only_the_matching_vendor_line_and_kind_is_hit() -> None:
    faults = Faults()
    faults.add(Fault("xero", "500", match="PUT /xero/api.xro/2.0/Payments"))
    assert faults.take("stripe", "PUT /xero/api.xro/2.0/Payments") is None
    assert faults.take("xero", "GET /xero/api.xro/2.0/Payments") is None
    assert faults.take("xero", "PUT /xero/api.xro/2.0/Payments", WEBHOOK_KINDS) is None
    assert faults.take("xero", "PUT /xero/api.xro/2.0/Payments") is not None


def test_faults_are_met_in_the_order_in_which_they_were_asked_for() -> None:
    faults = Faults()
    faults.add(Fault("mail", "451"))
    faults.add(Fault("mail", "550"))
    taken = [faults.take("mail", "RCPT a@b.example", ("451", "550")) for _ in range(2)]
    assert [fault.kind for fault in taken if fault] == ["451", "550"]


@pytest.mark.parametrize(
    ("vendor", "kind"),
    [
        ("xero", "drift"),
        ("quickbooks", "wrong-keys"),
        ("quickbooks", "downgraded"),
        ("quickbooks", "subscription-ended"),
    ],
)
def test_a_standing_fault_is_never_used_up(vendor: str, kind: str) -> None:
    faults = Faults()
    faults.add(Fault(vendor, kind))
    assert faults.take(vendor, "GET /") is None
    assert all(faults.standing(vendor, kind) for _ in range(3))


def test_only_writes_are_throttled_afterwards() -> None:
    faults = Faults()
    faults.add(Fault("quickbooks", "throttle-after"))
    assert faults.take("quickbooks", "POST /payment") is None
    assert faults.take("quickbooks", "POST /payment", AFTER_THE_WRITE) is not None


@pytest.mark.parametrize(
    ("vendor", "kind", "times", "reason"),
    [
        ("ledger", "500", 1, "no vendor is called 'ledger'"),
        ("mail", "429", 1, "mail has no fault '429'"),
        ("xero", "throttle-after", 1, "xero has no fault 'throttle-after'"),
        ("quickbooks-identity", "webhook-lost", 1, "quickbooks-identity has no fault 'webhook-lost'"),
        ("xero", "500", 0, "times must be at least 1"),
    ],
)
def test_an_impossible_fault_is_refused_in_words(vendor: str, kind: str, times: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fault(vendor, kind, times=times)
