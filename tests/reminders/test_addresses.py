"""Whom a mail goes to: by role, with copies, never to an address that is nobody's or that nothing reaches."""

from hypothesis import given
from hypothesis import strategies as st

from app.models import ContactRole
from app.reminders.addresses import MOST_COPIES, Addressed, Mailbox

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
    assert (gone.to(), gone.has_died) == ((), True)
    assert not Mailbox("no address").has_died


def test_whoever_gets_the_mail_gets_no_copy_beside_it() -> None:
    addressed = Mailbox(OWN).addressed("billing", [OWN.upper(), "ada@us.example", "ada@US.example", "none"])
    assert addressed == Addressed((OWN,), ("ada@us.example",))


ADDRESSES = st.sampled_from([OWN, ANNE, BOB, DORA, "Anne@C.example", "no address", "", "x@y.example"])


@given(
    st.none() | ADDRESSES,
    st.lists(st.tuples(st.sampled_from([role.value for role in ContactRole]), ADDRESSES)),
    st.frozensets(st.sampled_from([OWN, ANNE, BOB])),
    st.sampled_from(["billing", "manager", "director"]),
    st.lists(ADDRESSES),
)
def test_every_address_is_the_customer_s_or_the_step_s_own_copy_and_alive(
    own: str | None, people: list[tuple[str, str]], dead: frozenset[str], role: str, copies: list[str]
) -> None:
    addressed = Mailbox(own, tuple(people), dead).addressed(role, copies)
    theirs = {address for of, address in people if of != "other"} | {own}
    assert set(addressed.to) <= theirs
    assert set(addressed.cc) <= set(copies)
    assert len(addressed.cc) <= MOST_COPIES
    everybody = [address.lower() for address in (*addressed.to, *addressed.cc)]
    assert len(everybody) == len(set(everybody))
    assert not dead & {address.lower() for address in addressed.to}
