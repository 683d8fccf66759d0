"""`python -m sandbox`: serve the stand-ins until told to stop or until the parent is gone."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from sandbox.parent import end_with_parent
from sandbox.serving import serve
from sandbox.settings import SandboxSettings


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; 0 after SIGTERM or SIGINT, 1 if a port is taken or the company cannot be read."""
    settings = _settings(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    end_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    try:
        running = serve(settings)
    except (OSError, ValueError) as problem:
        print(f"the sandbox cannot start: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    try:
        print(f"sandbox ready on {running.url}, mail on 127.0.0.1:{running.smtp_port}", flush=True)  # noqa: T201
        running.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        running.stop()
    return 0


def _settings(arguments: Sequence[str] | None) -> SandboxSettings:
    """The environment, overruled by the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--smtp-port", type=int)
    parser.add_argument("--company", help="demo, large, large:N, awkward, or the path of a JSON or CSV file")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--clock-file", help="keeps the offset of virtual time")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    return SandboxSettings(**given)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
