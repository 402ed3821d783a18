"""Front matter as people write it: one `key: value` a line, tolerant of what a YAML parser refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["split"]

_KEY = re.compile(r"([^\W\d][\w .-]{0,60}?)\s*(:|=)\s*(.*)")
_LONGEST = 300


def split(text: str) -> tuple[Mapping[str, str], str]:
    """Give the front matter and the text, in which blank lines stand for it, so that line numbers stay."""
    lines = text.split("\n")
    fence = lines[0].strip()
    if fence not in {"---", "+++"}:
        return {}, text
    ends = {"---", "..."} if fence == "---" else {"+++"}
    end = next((n for n, line in enumerate(lines[1 : _LONGEST + 1], 1) if line.strip() in ends), None)
    if end is None:
        return {}, text
    front = _pairs(lines[1:end], ":" if fence == "---" else "=")
    if not front and any(line.strip() for line in lines[1:end]):
        return {}, text
    return front, "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def _pairs(lines: list[str], sign: str) -> dict[str, str]:
    front: dict[str, str] = {}
    key = ""
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        found = None if line[0].isspace() or bare.startswith("- ") else _KEY.fullmatch(bare)
        if found and found[2] == sign:
            key = found[1]
            front[key] = _plain(found[3])
        elif key:
            front[key] = ", ".join(part for part in (front[key], _plain(bare.removeprefix("- "))) if part)
    return front


def _plain(value: str) -> str:
    bare = value.strip()
    if bare in {"|", ">", "|-", ">-", "~", "null", '""', "''", "[]", "{}"}:
        return ""
    if bare[:1] in {'"', "'"}:
        return bare[1 : bare.find(bare[0], 1)] if bare.find(bare[0], 1) > 0 else bare[1:]
    if bare.startswith("[") and bare.endswith("]") and not bare.startswith("[["):
        return ", ".join(part.strip(" \"'") for part in bare[1:-1].split(","))
    return bare.split(" #", 1)[0].rstrip()
