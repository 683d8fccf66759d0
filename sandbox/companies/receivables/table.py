"""The bytes of an export as a table: encoding, delimiter and header line found by looking."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.receivables.headers import meanings, missing

DELIMITERS = ",;\t"
HEADER_WITHIN_LINES = 12
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Record:
    """One record: the line of the file on which it starts, and its cells by meaning, trimmed."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, meaning: str) -> str:
        return self.cells.get(meaning, "")


def records(content: bytes) -> list[Record]:
    """Every record under the header. Raises UnusableCompanyError if there is no header that we know."""
    text = _decoded(content)
    tables = [_rows(text, delimiter) for delimiter in DELIMITERS]
    start, columns = max((_header(rows) for rows in tables), key=lambda found: len(found[1]))
    lacking = missing(columns)
    if lacking:
        raise UnusableCompanyError([_no_header(columns, lacking)])
    rows = next(rows for rows in tables if _header(rows) == (start, columns))
    return [Record(line, _cells(row, columns)) for line, row in rows[start + 1 :] if any(map(str.strip, row))]


def _decoded(content: bytes) -> str:
    if content.startswith(UTF16_MARKS):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    return list(_numbered(text, delimiter))


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each starts; a cell may span several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnusableCompanyError([f"Line {line}: this is not a CSV file ({error})."]) from None


def _header(rows: list[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """Place and columns of the header: reports put titles above it, so it need not come first."""
    found = ((place, meanings(row)) for place, (_, row) in enumerate(rows[:HEADER_WITHIN_LINES]))
    return max(found, key=lambda header: len(header[1]), default=(0, {}))


def _cells(row: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {meaning: row[column].strip() for meaning, column in columns.items() if column < len(row)}


def _no_header(columns: dict[str, int], lacking: list[str]) -> str:
    if not columns:
        return (
            "No line with column names was found. The file needs the columns customer, invoice number, "
            "issue date, due date and amount (and may have paid date, currency and email)."
        )
    return f"The columns for {', '.join(lacking)} are missing (found: {', '.join(columns)})."
