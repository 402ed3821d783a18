"""The name of a finding, or of an obligation as a whole, by which persons decide about it."""

from __future__ import annotations

import hashlib

__all__ = ["fingerprint"]


def fingerprint(obligation: str, rule: str = "") -> str:
    """Name a finding, or (without a rule) an obligation as a whole, so that the name survives every new audit.

    It is made of ids alone: files that move, rows that change places and figures that change do not touch it.
    """
    return hashlib.sha256(f"{obligation}\0{rule}".encode()).hexdigest()[:16]
