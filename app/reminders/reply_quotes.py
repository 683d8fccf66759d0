"""What a person wrote, without what their mail program quotes beneath or between. Pure; never loses everything."""

import re
from html.parser import HTMLParser

_QUOTED = re.compile(r"\s*>")
_WROTE = re.compile(
    r"\s*(on\b.*\bwrote|am\b.*\bschrieb\b.*|le\b.*\ba écrit|el\b.*\bescribió|il\b.*\bha scritto|op\b.*\bschreef\b.*)"
    r"\s*:\s*",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\s*(-{2,}\s*(original message|ursprüngliche nachricht|message d'origine)\s*-{2,}|_{10,})\s*",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\s*\*?(from|von|de|da|van)\s?:\*?\s.*", re.IGNORECASE)
_NEXT_HEADER = re.compile(
    r"\s*\*?(sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden|to|an|à|para)\s?:\*?\s.*",
    re.IGNORECASE,
)
_LONGEST = 20_000
_ATTRIBUTION_LINES = 3
_LONGEST_ATTRIBUTION = 500


def own_words(text: str) -> str:
    """The writer's own lines. If nothing would be left, the text as it is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    place = 0
    while place < len(lines):
        span = _attribution(lines, place)
        if span and not _is_quoted_next(lines, place + span):
            break
        if span:
            place += span
        elif _begins_original(lines, place):
            break
        else:
            if not _QUOTED.match(lines[place]):
                kept.append(lines[place])
            place += 1
    words = "\n".join(kept).strip()
    return (words or text.strip())[:_LONGEST]


def text_of_html(html: str) -> str:
    """The words of an HTML body, a line for each block."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _attribution(lines: list[str], place: int) -> int:
    """How many lines "On ..., X wrote:" takes here; 0 if it is not here."""
    if not lines[place].strip():
        return 0
    for count in range(1, _ATTRIBUTION_LINES + 1):
        told = " ".join(lines[place : place + count])
        if len(told) <= _LONGEST_ATTRIBUTION and _WROTE.fullmatch(told):
            return count
    return 0


def _is_quoted_next(lines: list[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line.strip()), "")
    return _QUOTED.match(following) is not None


def _begins_original(lines: list[str], place: int) -> bool:
    """A ruled line, or the headers of the mail below, as Outlook writes them."""
    if _RULE.fullmatch(lines[place]):
        return True
    following = lines[place + 1 : place + 3]
    return bool(_HEADER.fullmatch(lines[place]) and any(_NEXT_HEADER.fullmatch(line) for line in following))


class _Words(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
    _UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unseen += tag in self._UNSEEN
        if tag in self._BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in self._BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))
