"""Faults that the database itself meets while messages are written down."""

from contextlib import closing

import psycopg

from tests.support.database_faults import FAULTS

ALWAYS = 1_000_000


def meet(admin_url: str, fault: str, *, times: int = ALWAYS, customer: str = "%") -> None:
    """From now on the first so many messages to customers whose name is like this meet the fault, each as often as it
    is tried, and all others none."""
    name = fault.replace(" ", "_")
    with closing(psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(f"CREATE SEQUENCE met_{name}")  # goes on counting whatever is rolled back
        connection.execute(f"""
            CREATE FUNCTION meet_{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
              IF EXISTS (SELECT FROM public.reminder r JOIN public.customer c
                         ON c.tenant_id = r.tenant_id AND c.id = r.customer_id
                         WHERE r.id = NEW.reminder_id AND c.name LIKE '{customer}')
                 AND nextval('public.met_{name}') <= {times} THEN {FAULTS[fault]}; END IF;
              RETURN NEW; END $$
        """)
        connection.execute(
            f"CREATE TRIGGER meet_{name} BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION meet_{name}()"
        )
