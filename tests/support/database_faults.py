"""Faults that the database itself meets, as what a trigger does."""

_DISK_FULL = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'"
_LOST = "PERFORM pg_terminate_backend(pg_backend_pid())"
_BY_ITS_CONTENT = "RAISE EXCEPTION 'value refused' USING ERRCODE = 'check_violation'"
FAULTS = {"disk full": _DISK_FULL, "connection lost": _LOST, "content refused": _BY_ITS_CONTENT}
