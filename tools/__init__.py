"""What sets up this project on a machine with nothing but Python. The standard library only."""

import sys

# Older Pythons come as far as this, too: every file here must be readable to them.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"DueMate needs Python 3.11 or newer; {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Install a newer one, or name it: make run PYTHON=python3.12"
    )
