"""Text to tree: what an author wrote is parsed within limits, or refused in plain words at its place.

Library of this room: sqlglot.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qmscheck.sql.functions import FUNCTIONS
from qmscheck.sql.trees import exp

if TYPE_CHECKING:
    from sqlglot.errors import ParseError

__all__ = ["SqlProblem", "read_condition", "read_query", "spot"]

_MAX_LENGTH = 8_000
_MAX_DEPTH = 30
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)
_SIZED = re.compile(r"\b(?:text|string|\w*char|dec|decimal|numeric|number)\s*\(", re.IGNORECASE)
#: Signs that the language does not have outside of texts, and blanks that look like a plain one or like nothing.
_STRAY = re.compile(
    r"[@$?{}#`\\\[\]\x00-\x08\x0b-\x1f\x85\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_STATEMENTS = frozenset(
    {
        "alter", "analyze", "attach", "begin", "call", "checkpoint", "comment", "commit", "copy", "create", "delete",
        "describe", "desc", "detach", "drop", "execute", "explain", "export", "from", "grant", "import", "insert",
        "install", "kill", "load", "merge", "pivot", "pragma", "prepare", "reset", "rollback", "select", "set",
        "show", "summarize", "truncate", "unpivot", "update", "use", "vacuum", "values", "with",
    }
)  # fmt: skip


class SqlProblem(Exception):  # noqa: N818  (a problem of the author's text, found while it is checked)
    """What is wrong in an expression, and where in its text (line and column count from 1, and a length)."""

    def __init__(self, message: str, hint: str | None = None, place: tuple[int, int, int] = (1, 1, 1)) -> None:
        """Keep message, hint and place."""
        super().__init__(message)
        self.message, self.hint, self.place = message, hint, place


def read_condition(text: str) -> exp.Expr:
    """Parse one expression. Raises SqlProblem for anything else."""
    plain = _checked(text)
    word = re.match(r"\s*\(*\s*([A-Za-z]+)", plain)
    try:
        return _parsed(text, exp.Condition)
    except SqlProblem:
        if word and word[1].lower() in _STATEMENTS:
            hint = "write only the condition, as after WHERE"
            at = spot(text, word.start(1), word.end(1))
            raise SqlProblem("a condition is one expression, not a statement", hint, at) from None
        raise


def read_query(text: str) -> exp.Expr:
    """Parse one SELECT. Raises SqlProblem for anything else."""
    plain = _checked(text)
    word = re.match(r"\s*(\w*)", plain)
    if word is None or word[1].lower() not in {"select", "with"}:
        raise SqlProblem("a query is one SELECT", "it begins with 'select' or 'with'", spot(text, 0, len(plain)))
    return _parsed(text, None)


def spot(text: str, start: int, stop: int) -> tuple[int, int, int]:
    """Give line, column and length of a piece of text; it ends with its first line."""
    opening = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    stop = stop if end < 0 else min(stop, end)
    return text.count("\n", 0, start) + 1, start - opening + 1, max(1, stop - start)


def _checked(text: str) -> str:
    """Refuse what need not reach a parser; give the text with blanks in place of what is quoted."""
    if not text.strip():
        raise SqlProblem("the expression is empty")
    if len(text) > _MAX_LENGTH:
        raise SqlProblem(f"the expression is longer than {_MAX_LENGTH} characters")
    plain = _QUOTED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    if comment := re.search(r"--|/\*", plain):
        hint = "put a TOML comment (#) on a line of its own"
        raise SqlProblem("comments are refused inside an expression", hint, spot(text, *comment.span()))
    if quote := re.search(r"['\"]", plain):
        raise SqlProblem(f"the quotation mark {quote[0]} is not closed", None, spot(text, *quote.span()))
    if second := re.search(";", plain):
        raise SqlProblem("one expression only: a second statement is refused", None, spot(text, *second.span()))
    if joined := re.search("&&", plain):
        raise SqlProblem("'&&' is not part of the rule language", "write 'and'", spot(text, *joined.span()))
    if stray := _STRAY.search(plain):
        shown = stray[0] if stray[0].isprintable() else f"U+{ord(stray[0]):04X}"
        raise SqlProblem(f"the character {shown} is not part of the rule language", None, spot(text, *stray.span()))
    if sized := _SIZED.search(plain):  # the parser forgets the length
        raise SqlProblem("casts go to text, date, integer or number", "a type has no length", spot(text, *sized.span()))
    _check_depth(text, plain)
    return plain


def _check_depth(text: str, plain: str) -> None:
    depth = 0
    for token in re.finditer(r"[()]|\b(?:case|end)\b", plain, re.IGNORECASE):
        depth += 1 if token[0].lower() in {"(", "case"} else -1
        if depth > _MAX_DEPTH:
            raise SqlProblem(f"the expression is nested more than {_MAX_DEPTH} deep", None, spot(text, *token.span()))


def _parsed(text: str, kind: type[exp.Expr] | None) -> exp.Expr:
    """Run the parser; its many ways to fail become one."""
    from sqlglot.dialects.dialect import Dialect  # noqa: PLC0415  (late, as `trees` says)
    from sqlglot.errors import ParseError, SqlglotError  # noqa: PLC0415

    dialect = Dialect.get_or_raise("duckdb")
    try:
        tokens = dialect.tokenize(text)
        trees = (
            dialect.parser().parse(tokens, text) if kind is None else dialect.parser().parse_into(kind, tokens, text)
        )
    except ParseError as error:
        raise _plain_words(error, text) from None
    except RecursionError:
        raise SqlProblem("the expression is nested too deeply") from None
    except (SqlglotError, ValueError, AttributeError, TypeError, IndexError, KeyError):
        raise SqlProblem("not valid SQL") from None
    if len(trees) != 1 or trees[0] is None:
        raise SqlProblem("not valid SQL")
    if _too_deep(trees[0]):
        raise SqlProblem("the expression is nested too deeply")
    return trees[0]


def _plain_words(error: ParseError, text: str) -> SqlProblem:
    """Say in plain words what the parser says in its own."""
    first = error.errors[-1] if error.errors else {}
    said = str(first.get("description") or "")
    marked = str(first.get("highlight") or "")
    line, stop = int(first.get("line") or 1), int(first.get("col") or 1)
    at = (line, max(1, stop - len(marked) + 1), max(1, len(marked)))
    hint = None
    if said.startswith("Required keyword"):
        message = "something is missing after this"
    elif said.startswith("Expecting )"):
        message = "a closing parenthesis is missing after this"
    elif said.startswith("The number of provided arguments"):
        message = "too many arguments"
        before = "\n".join([*text.split("\n")[: line - 1], text.split("\n")[line - 1][:stop]])
        named = [name for name in re.findall(r"(\w+)\s*\(", before) if name.lower() in FUNCTIONS]
        hint = f"it is {FUNCTIONS[named[-1].lower()].usage}" if named else None
    else:
        message = "this was not expected here"
        comma = next(
            (m for m in re.finditer(r"(\d+),(\d+)", text.split("\n")[line - 1]) if m.end() >= stop > m.start()), None
        )
        hint = None if comma is None else f"a number has a point before its fraction: {comma[1]}.{comma[2]}"
    return SqlProblem(f"not valid SQL: {message}", hint, at)


def _too_deep(tree: exp.Expr) -> bool:
    """Measure without recursion. Chains of `and` and `or` are flat to all who read them."""
    level, limit = [tree], 150
    while level and limit:
        inner: list[exp.Expr] = []
        for node in level:
            inner.extend(node.flatten() if isinstance(node, exp.Connector) else node.iter_expressions())
        level, limit = inner, limit - 1
    return bool(level)
