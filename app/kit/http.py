"""One HTTP policy for every vendor: always a timeout, repeats only where a repeat cannot do harm."""

from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

# A read is safe to repeat when the connection failed; an answer of any status is an answer, and a write is
# never repeated here: whoever asked for it decides, knowing what it was.
_REPEAT_READS = Retry(
    total=2,
    connect=2,
    read=1,
    status=0,
    other=0,
    backoff_factor=0.2,
    allowed_methods={"GET", "HEAD"},
    respect_retry_after_header=False,
)


class PolicyAdapter(HTTPAdapter):
    """A transport that puts connect and read timeouts (seconds) on every request that brings none."""

    def __init__(self, *, connect_timeout: float, read_timeout: float) -> None:
        self._timeout = (connect_timeout, read_timeout)
        super().__init__(max_retries=_REPEAT_READS, pool_maxsize=16)

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        if options.get("timeout") is None:
            options["timeout"] = self._timeout
        return super().send(request, *args, **options)


def apply_policy(session: Session, *, connect_timeout: float = 5, read_timeout: float = 30) -> Session:
    """Put the policy on a session (also one that a library made) and return it."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, PolicyAdapter(connect_timeout=connect_timeout, read_timeout=read_timeout))
    return session


def new_session(*, connect_timeout: float = 5, read_timeout: float = 30) -> Session:
    """A session under the policy. Keep one per thread: sessions are not shared between threads."""
    return apply_policy(Session(), connect_timeout=connect_timeout, read_timeout=read_timeout)
