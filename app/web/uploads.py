"""How a posted file is taken in: in memory, since every body has a limit of a few megabytes."""

from io import BytesIO
from typing import IO

from flask import Request


class InMemoryRequest(Request):
    """Writes nothing of what was posted to a disk, where a body that is refused half-way would stay behind."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 (Werkzeug's names)
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()
