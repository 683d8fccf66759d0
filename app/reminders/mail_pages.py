"""Makes a mail's two forms from its templates, plain text first. Pure.

Both kinds of mail share one page, `mail.html`: its head, its frame and its foot. Styles are written into the elements,
because many mail programs drop a style sheet.
"""

from collections.abc import Mapping
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def both_forms(name: str, shown: Mapping[str, object]) -> tuple[str, str]:
    """The text and the HTML of the templates of this name. A value that is missing raises."""
    text = _pages.get_template(f"{name}.txt").render(shown).strip() + "\n"
    return text, _inliner.inline(_pages.get_template(f"{name}.html").render(shown))
