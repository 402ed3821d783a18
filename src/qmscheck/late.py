"""Names of a package that are imported when they are asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

__all__ = ["late"]


def late(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Give the `__getattr__` of a package: `homes` are the names that each of its modules gives.

    What was asked for once stands in the package from then on.
    """
    home = {name: module for module, names in homes.items() for name in names}

    def found(name: str) -> Any:
        if name not in home:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value = vars(sys.modules[package])[name] = getattr(import_module(f"{package}.{home[name]}"), name)
        return value

    return found
