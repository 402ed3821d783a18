"""What an engine cannot say exactly."""

from __future__ import annotations

__all__ = ["UnsayableError"]


class UnsayableError(Exception):
    """An engine cannot say exactly what a tree says. The message is the reason, for whoever wrote the rule."""
