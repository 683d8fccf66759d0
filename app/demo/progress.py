"""Follows a first sync on the terminal: rows, rate, time left."""

import time

from app.demo.figures import Say
from app.demo.tenant_view import TenantView
from app.kit.errors import DueMateError
from app.models import SyncRun, SyncState

_LOOK_SECONDS = 0.25
_LINE_SECONDS = 2.0
# A killed worker's work begins anew after a minute, more than once if need be.
_GIVE_UP_SECONDS = 420.0


def follow_first_sync(tenant: TenantView, say: Say) -> None:
    """Say how the pull goes until it is done. Raises DueMateError with its reason if it fails."""
    began = time.monotonic()
    next_line = began
    while time.monotonic() - began < _GIVE_UP_SECONDS:
        run = tenant.first_run()
        if run is not None and run.state is not SyncState.RUNNING:
            break
        if run is not None and time.monotonic() >= next_line:
            say(f"Reading the ledger: {describe(run, time.monotonic() - began)}")
            next_line = time.monotonic() + _LINE_SECONDS
        time.sleep(_LOOK_SECONDS)
    if run is None or run.state is not SyncState.DONE:
        raise DueMateError(f"The first sync did not finish: {run.reason if run else 'it never began'}.")
    say(f"Read {run.rows_read} rows from the ledger in {time.monotonic() - began:.1f} s")


def describe(run: SyncRun, seconds: float) -> str:
    """How far a running pull is, in words."""
    rate = run.rows_read / seconds if seconds else 0
    words = f"{run.resource or 'organisation'}, {run.rows_read} rows, {rate:.0f} a second"
    if not run.rows_expected or not rate:
        return words
    return f"{words}, about {max(run.rows_expected - run.rows_read, 0) / rate:.0f} s left"
