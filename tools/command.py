"""Makes the project's packages importable in its environment, and writes the command `duemate`."""

import shlex
import subprocess
from pathlib import Path

from tools.environment import python_of

# A shell starts it because the path in a #! line may hold no space. Python reads the same lines as a string.
_COMMAND = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys

from app.cli import main

sys.exit(main())
"""


def write_command(environment: Path, project: Path) -> None:
    """Link the project into the environment; the same as an editable install, without a build."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run(
        [python_of(environment), "-c", question], capture_output=True, text=True, check=True
    )
    (Path(answer.stdout.strip()) / "duemate.pth").write_text(f"{project}\n", encoding="utf-8")
    command = environment / "bin" / "duemate"
    command.write_text(_COMMAND.format(python=shlex.quote(python_of(environment))), encoding="utf-8")
    command.chmod(0o755)
