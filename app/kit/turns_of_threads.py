"""How long a thread that computes keeps another one waiting that has just got its answer."""

import sys
from contextlib import AbstractContextManager

from app.kit.process_wide import ProcessWide

_SECONDS = 0.0002


def quick_turns() -> AbstractContextManager[None]:
    """For a thread that asks the database many short questions beside one that computes.

    After each answer it would wait for the interpreter as long as Python lets a thread compute, five milliseconds:
    longer than for most answers. It holds for the whole process while any thread is within.
    """
    return _quickness.changed()


def _be_quick() -> float:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SECONDS)
    return usual


_quickness = ProcessWide(_be_quick, sys.setswitchinterval)
