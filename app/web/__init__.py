"""Pages for the business and its accountant. One folder per group of pages, templates beside their views."""
