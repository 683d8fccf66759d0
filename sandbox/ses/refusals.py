"""How Amazon says no: a status, the name of the error in a header, and a sentence."""

import re
from dataclasses import dataclass

from flask import Request, Response, jsonify

from sandbox.faults import Fault

_KEY = re.compile(r"Credential=([^/]+)/")


@dataclass(eq=False)
class SesError(Exception):
    """One refusal, by the names of the API's model."""

    name: str
    message: str
    status: int = 400

    def answer(self) -> Response:
        response = jsonify({"message": self.message})
        response.status_code = self.status
        response.headers["x-amzn-ErrorType"] = self.name
        return response


def refuse(fault: Fault) -> Response:
    """A fault in Amazon's words."""
    match fault.kind:
        case "429":
            return SesError("TooManyRequestsException", "Maximum sending rate exceeded.", 429).answer()
        case "503":
            return SesError("ServiceUnavailable", "The service is unavailable.", 503).answer()
        case _:
            return SesError("InternalFailure", "An internal failure occurred.", 500).answer()


def check_key(request: Request, key: str) -> None:
    """Whether the request names our key. Its signature is not looked into: botocore made it."""
    found = _KEY.search(request.headers.get("Authorization", ""))
    if found is None or found[1] != key:
        raise SesError("UnrecognizedClientException", "The security token included is invalid.", 403)
