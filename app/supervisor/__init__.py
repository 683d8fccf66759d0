"""Runs a few programs side by side: starts them in order, restarts what dies, ends all, leaves none behind."""

from app.supervisor.program import Program, ProgramFailed
from app.supervisor.supervisor import Supervisor

__all__ = ["Program", "ProgramFailed", "Supervisor"]
