"""Refusals in Stripe's own shape."""

from typing import Any


class StripeError(Exception):
    """Answered as {"error": {...}}. `remembered` says whether an idempotency key keeps this outcome."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        remembered: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.kind = message, status, kind
        self.code, self.param, self.remembered = code, param, remembered

    def body(self) -> dict[str, Any]:
        """The JSON answer; `code` and `param` only where there are any."""
        details = {"code": self.code, "message": self.message, "param": self.param, "type": self.kind}
        return {"error": {name: value for name, value in details.items() if value is not None}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """A refusal before anything was tried; the idempotency key stays free."""
    return StripeError(message, code=code, param=param, remembered=False)


def no_such(kind: str, number: str, param: str = "id") -> StripeError:
    """HTTP 404, code resource_missing."""
    return StripeError(
        f"No such {kind}: '{number}'", status=404, code="resource_missing", param=param, remembered=False
    )
