"""What will go out in the coming weeks."""

from app.web.preview.views import pages

__all__ = ["pages"]
