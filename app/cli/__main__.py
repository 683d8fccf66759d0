"""`python -m app.cli` is `duemate`."""

from app.cli import main

main()
