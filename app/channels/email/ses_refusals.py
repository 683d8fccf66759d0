"""What Amazon SES says no with, told as what the caller can do.

Names from the API's model (botocore, sesv2 `SendEmail`) and from the common errors of AWS. What is wrong with our
own account or sender must never fail a customer's message for good: it waits until somebody has mended it.
"""

import re
from datetime import timedelta

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
)

from app.channels.base import Meaning, Refused
from app.kit.errors import DueMateError, OutcomeUnknown, Rejected, Retryable

_A_WHILE, _AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
_BUSY = ("TooManyRequestsException", "ThrottlingException", "Throttling", "RequestThrottled")
_OURS = {
    "AccountSuspendedException": "Amazon has suspended our account for sending.",
    "SendingPausedException": "Amazon has paused our sending.",
    "MailFromDomainNotVerifiedException": "Amazon does not know our sender's domain as verified.",
    "NotFoundException": "Amazon does not know what we send by (SES_CONFIGURATION_SET or SES_IDENTITY_ARN).",
    "LimitExceededException": "Our sending quota at Amazon is used up for now.",
    "AccessDeniedException": "Our credentials at Amazon may not send mail.",
    "UnrecognizedClientException": "Amazon does not accept our credentials.",
    "InvalidClientTokenId": "Amazon does not accept our credentials.",
    "InvalidSignatureException": "Amazon does not accept our credentials.",
    "SignatureDoesNotMatch": "Amazon does not accept our credentials.",
    "ExpiredTokenException": "Our credentials at Amazon have expired.",
}
_NEVER_REACHED = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
)
_ADDRESS = re.compile(r"\S+@\S+")
_SAID_MOST = 200


def refusal(error: ClientError) -> DueMateError:
    """The port's error for an answer that says no."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = _said(str(error.response.get("Error", {}).get("Message", "")))
    if code in _BUSY or status in (429, 503):
        return Retryable("Amazon SES takes no more mails at the moment.", after=_A_WHILE)
    if status >= 500 or status < 400:
        return OutcomeUnknown("Amazon SES failed while the mail was handed over, so it may have left.")
    if code in _OURS:
        return Retryable(_OURS[code], after=_AN_HOUR)
    if "not verified" in said or "authority" in said:
        return Retryable("Amazon does not know our sender's address as verified.", after=_AN_HOUR)
    if status in (401, 403):
        return Retryable(f"Amazon SES does not let us send ({code}).", after=_AN_HOUR)
    if "suppress" in said.lower():
        return Refused(
            "Amazon SES sends nothing to this address any more: mails to it came back or were reported as unwanted.",
            meaning=Meaning.BAD_ADDRESS,
            code=code,
        )
    if "length" in said and "message" in said.lower():
        return Rejected("The mail is too large for Amazon SES.")
    return Rejected(f"Amazon SES refused the mail for good ({code}: {said}).")


def broken_line(error: Exception) -> DueMateError:
    """The port's error for a call without an answer that can be read."""
    if isinstance(error, _NEVER_REACHED) or _is_untrusted(error):
        return Retryable("Amazon SES cannot be reached.", after=_A_WHILE)
    if isinstance(error, ParamValidationError):
        return Rejected("The mail does not have the form that Amazon SES takes.")
    return OutcomeUnknown("The connection broke while the mail was handed over, so it may have left.")


def _is_untrusted(error: Exception) -> bool:
    """A certificate is looked at before anything is sent."""
    return isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def _said(words: str) -> str:
    """Amazon's words without the addresses it repeats: a reason is kept unsealed."""
    return " ".join(_ADDRESS.sub("the address", words).split())[:_SAID_MOST]
