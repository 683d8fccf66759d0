"""Whom a mail goes to: by role, with copies, never to an address that is nobody's or that nothing reaches."""

from hypothesis import given
from hypothesis import strategies as st

from app.models import ContactRole
from app.reminders.addresses import MOST_COPIES, Addressed, Copied, Mailbox

OWN, ANNE, BOB, DORA = "office@c.example", "anne@c.example", "bob@c.example", "dora@c.example"
TWO = (("billing", ANNE), ("billing", BOB), ("director", DORA))


def test_the_people_of_the_role_get_it_all_of_them() -> None:
    mailbox = Mailbox(OWN, TWO)
    assert mailbox.to("billing") == (ANNE, BOB)
    assert mailbox.to("director") == (DORA,)


def test_without_such_a_person_those_who_pay_the_bills_get_it_and_then_the_customer_itself() -> None:
    assert Mailbox(OWN, TWO).to("manager") == (ANNE, BOB)
    assert Mailbox(OWN, (("director", DORA),)).to("manager") == (OWN,)
    assert Mailbox(None, (("director", DORA),)).to("manager") == ()


def test_somebody_else_is_never_written_to() -> None:
    assert Mailbox(None, (("other", BOB),)).to("billing") == ()


def test_an_address_that_nothing_reaches_is_left_out() -> None:
    assert Mailbox(OWN, TWO, frozenset({ANNE})).to() == (BOB,)
    assert Mailbox(OWN, TWO, frozenset({ANNE, BOB})).to() == (OWN,)
    gone = Mailbox(OWN, (), frozenset({OWN}))
    assert (gone.to(), gone.has_died()) == ((), True)
    assert not Mailbox("no address").has_died()


def test_whoever_gets_the_mail_gets_no_copy_beside_it() -> None:
    addressed = Mailbox(OWN).addressed("billing", [OWN.upper(), "ada@us.example", "ada@US.example", "none"])
    assert addressed == Addressed((OWN,), ("ada@us.example",))


def test_whom_the_ledger_names_get_copies_of_what_goes_to_those_who_pay_and_the_mail_where_nobody_else_is() -> (
    None
):
    named = Mailbox(OWN, (("director", DORA),), beside=(ANNE, OWN))
    of_invoices = Copied((BOB,), ("diary@us.example", ANNE.upper()))
    assert named.addressed("billing", (), of_invoices) == Addressed(
        (OWN,), (ANNE, BOB), ("diary@us.example",)
    )
    assert named.addressed("manager").cc == (ANNE,)
    assert named.addressed("director", (BOB,), of_invoices) == Addressed((DORA,), (BOB,))
    assert Mailbox(None, beside=(ANNE, BOB)).addressed("billing") == Addressed((ANNE, BOB))
    assert Mailbox(OWN, dead=frozenset({OWN, ANNE}), beside=(ANNE, BOB)).addressed("billing") == Addressed(
        (BOB,)
    )


ADDRESSES = st.sampled_from([OWN, ANNE, BOB, DORA, "Anne@C.example", "no address", "", "x@y.example"])


@given(
    st.none() | ADDRESSES,
    st.lists(st.tuples(st.sampled_from([role.value for role in ContactRole]), ADDRESSES)),
    st.frozensets(st.sampled_from([OWN, ANNE, BOB])),
    st.sampled_from(["billing", "manager", "director"]),
    st.lists(ADDRESSES),
    st.lists(ADDRESSES),
    st.lists(ADDRESSES),
)
def test_every_address_is_the_customer_s_or_the_step_s_own_copy_and_alive(
    own: str | None,
    people: list[tuple[str, str]],
    dead: frozenset[str],
    role: str,
    copies: list[str],
    beside: list[str],
    hidden: list[str],
) -> None:
    mailbox = Mailbox(own, tuple(people), dead, tuple(beside))
    addressed = mailbox.addressed(role, copies, Copied(tuple(beside), tuple(hidden)))
    theirs = {address for of, address in people if of != "other"} | {own, *beside}
    assert set(addressed.to) <= theirs
    assert set(addressed.cc) <= {*copies, *beside}
    assert set(addressed.bcc) <= set(hidden)
    assert len(set(addressed.cc) - set(beside)) <= MOST_COPIES
    everybody = [address.lower() for address in (*addressed.to, *addressed.cc, *addressed.bcc)]
    assert len(everybody) == len(set(everybody))
    assert not dead & set(everybody)
