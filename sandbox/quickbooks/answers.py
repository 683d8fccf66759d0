"""Bodies as JSON, with exact decimals, and the time as QuickBooks writes it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Response

JSON = "application/json;charset=UTF-8"
encode = msgspec.json.Encoder(decimal_format="number").encode


def answered(body: dict[str, Any], status: int = 200) -> Response:
    return Response(encode(body), status, content_type=JSON)


def written_time(now: datetime, zone: ZoneInfo) -> str:
    """The server's time in the company's offset, such as 2026-11-20T01:02:03.000-08:00."""
    return now.astimezone(zone).isoformat(timespec="milliseconds")
