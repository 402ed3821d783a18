"""`qmscheck sample`: draw what a person must read, and say what the filled sheet allows to conclude."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qmscheck.cli.amounts import Day, Whole, today
from qmscheck.cli.options import bound_options, cache_option, plugin_options

if TYPE_CHECKING:
    from qmscheck.persons.samples import Asked, Draw
    from qmscheck.plan import PlanFile
    from qmscheck.plugins import Plugins

__all__ = ["command"]

_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*")
#: The table that asks for what was concluded from samples: a conclusion may become evidence of it.
_CONCLUDED = ("samples",)
_DAY = Day()


class _Share(click.ParamType[float]):
    """A share between two bounds, neither included, written as 5% or 0.05."""

    name = "share"

    def __init__(self, low: Fraction = Fraction(0)) -> None:
        self._low = low

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it exactly."""
        if isinstance(value, float):
            return value
        found = _SHARE.fullmatch(value)
        if found is None:
            self.fail(f"'{value}' is no share: write it as 5% or 0.05", param, ctx)
        share = Fraction(found[1]) / (100 if found[2] else 1)
        if not self._low < share < 1:
            bounds = f"above {float(self._low) * 100:g}% and below 100%"
            self.fail(f"'{value}' does not lie {bounds}" + _meant(found), param, ctx)
        return float(share)


def _meant(found: re.Match[str]) -> str:
    return f" (did you mean {found[1]}%?)" if not found[2] and 1 < Fraction(found[1]) < 100 else ""  # noqa: PLR2004


@click.command("sample")
@click.argument("name", metavar="RULE|TABLE", required=False)
@click.argument("path", required=False, metavar="[FOLDER|PLAN]")
@click.option("--rate", type=_Share(), metavar="SHARE", help="If no record fails, fewer fail than this. Default: 5%.")
@click.option("--confidence", type=_Share(Fraction(1, 2)), metavar="SHARE", help="How sure that is. Default: 95%.")
@click.option("--sides", type=Whole(1, 2), metavar="1|2", help="One-sided or two-sided limits. Default: 1.")
@click.option("--size", type=Whole(min=0), metavar="N", help="Draw so many, in place of --rate. 0: only --force.")
@click.option("--by", metavar="COLUMN,...", help="Draw from strata, in proportion to their sizes.")
@click.option("--least", type=Whole(min=1), metavar="N", help="At least so many of a stratum. Default: 2.")
@click.option("--few", type=Whole(min=0), metavar="N", help="Up to so many, reading all is advised. Default: 30.")
@click.option("--where", metavar="CONDITION", help="Only records that satisfy it, as in a rule.")
@click.option("--force", metavar="CONDITION", help="Read these too, apart: never part of the rate.")
@click.option("--force-keys", metavar="FILE", help="Read the records with these keys too, one a line, apart.")
@click.option("--seed", metavar="TEXT", help="What the draw follows from. Default: derived from the population.")
@click.option("--criterion", metavar="TEXT", help="What is tested in each record. Default: the title of RULE.")
@click.option("--as-of", type=_DAY, metavar="DATE", help="The day of the draw. Default: the plan's, or today.")
@click.option("--read", metavar="SHEET", help="Conclude from a filled test sheet, in place of drawing.")
@click.option("-o", "--output", multiple=True, metavar="PATH", help="Write .xlsx, .toml or .json; repeatable.")
@click.option("--threads", type=Whole(1, 1024), metavar="N", help="Default: one for each processor.")
@bound_options
@cache_option
@plugin_options
def command(
    *,
    name: str | None,
    path: str | None,
    read: str | None,
    output: tuple[str, ...],
    disabled: tuple[str, ...],
    **given: Any,
) -> int:
    """Draw what a person must read, and say what may be concluded.

    The records of a table, or those in scope of a rule, are drawn at random, so many that a rate of failures would be
    seen. The same seed and keys give the same draw. A sheet (.xlsx) takes what the reader sees; --read SHEET reads it
    back, if the population has not changed. Exit: 0 drawn, or read and no record fails; 1 read, and a record fails;
    2 nothing was drawn or concluded.

    \b
    qmscheck sample CF-8.2.3-1.reviewed -o sheet.xlsx
    qmscheck sample orders --rate 10% --by site,channel --force "status = 'open'" --seed 2026-11 -o sheet.xlsx
    qmscheck sample --read sheet.xlsx -o result.toml
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    _check_texts(by=given["by"], seed=given["seed"], criterion=given["criterion"])
    if read is not None:
        return _read(read, name, path, output, disabled, given)
    if name is None:
        raise click.UsageError("name a rule or a table to draw from")
    return _draw(name, path or ".", output, disabled, given)


def _check_texts(**given: str | None) -> None:
    """Refuse a text that says nothing: it would stand in the working paper as if it said something."""
    from qmscheck.cells import visible  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    blank = [name for name, text in given.items() if text is not None and visible(text) is None]
    if blank:
        raise QmscheckError(*(Problem("", 0, 0, f"--{name} is blank", "leave it out, or say it") for name in blank))


def _draw(name: str, path: str, output: tuple[str, ...], disabled: tuple[str, ...], given: dict[str, Any]) -> int:
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.audit import overrides, read_plan  # noqa: PLC0415
    from qmscheck.cli.papers import check, save  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415

    plugins = plugin_room.load(disabled)
    targets = check(output, (".xlsx", ".toml", ".json"))
    as_of = given.pop("as_of")
    planfile = read_plan(path, plugins, overrides(plugins, as_of=as_of))
    refuse_evidence(targets, planfile.plan, plugins.readers, but=_CONCLUDED)
    draw = _performed(planfile, plugins, _asked(name, planfile.plan.as_of, given), given)
    save(targets, lambda suffix: _paper(draw, suffix))
    write_out(_screen(draw, listed=not output))
    return 0


def _read(
    sheet: str,
    name: str | None,
    path: str | None,
    output: tuple[str, ...],
    disabled: tuple[str, ...],
    given: dict[str, Any],
) -> int:
    """Repeat the draw of a sheet on the plan, and conclude from what was filled in."""
    from qmscheck import plugins as plugin_room  # noqa: PLC0415
    from qmscheck.cli.audit import overrides, read_plan  # noqa: PLC0415
    from qmscheck.cli.papers import check, save  # noqa: PLC0415
    from qmscheck.cli.places import refuse_evidence  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.persons.samples import values_file  # noqa: PLC0415
    from qmscheck.sampling.back import read_back  # noqa: PLC0415

    own = ("criterion", "threads", "no_cache", "timeout", "isolation")
    if path is not None or any(given[k] is not None for k in given if k not in own):
        raise click.UsageError("--read takes a folder or a plan, --criterion and -o: the sheet says all the rest")
    plugins = plugin_room.load(disabled)
    targets = check(output, (".toml", ".json"))

    def redraw(asked: Asked) -> Draw:
        planfile = read_plan(name or ".", plugins, overrides(plugins, as_of=asked.as_of))
        refuse_evidence(targets, planfile.plan, plugins.readers, but=_CONCLUDED)
        return _performed(planfile, plugins, asked, given)

    found = read_back(Path(sheet), plugins, redraw, today=today(), criterion=given["criterion"])
    save(targets, lambda suffix: values_file("sample", found.values(), suffix))
    write_out("\n".join(found.lines()) + "\n")
    return 1 if found.failing else 0


def _performed(planfile: PlanFile, plugins: Plugins, asked: Asked, given: dict[str, Any]) -> Draw:
    from qmscheck.apart.pieces import Drawing  # noqa: PLC0415
    from qmscheck.cache import folder  # noqa: PLC0415
    from qmscheck.cli.audit import tell_notes  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed, performed  # noqa: PLC0415

    work = Drawing(planfile, asked, given["threads"], None if given["no_cache"] else folder())
    drawn = performed(work, plugins, Allowed(given["timeout"], None, given["isolation"]))
    tell_notes(planfile)
    return drawn


def _asked(name: str, as_of: dt.date, given: dict[str, Any]) -> Asked:
    """Gather what was asked for. Raises QmscheckError for a size and a rate at once, and for a list without keys."""
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415
    from qmscheck.persons.samples import Asked  # noqa: PLC0415

    if given["size"] is not None and given["rate"] is not None:
        raise QmscheckError(Problem("", 0, 0, "--size and --rate both say how many to draw", "leave one out"))
    names = ("rate", "confidence", "sides", "size", "least", "few", "where", "force", "seed", "criterion")
    values = {k: given[k] for k in names if given[k] is not None}
    named = tuple(sorted(values))
    if given["by"]:
        values["by"] = tuple(column.strip() for column in given["by"].split(","))
    if given["force_keys"]:
        values["force_keys"] = _keys(given["force_keys"])
    return Asked(name, as_of, given=named, **values)


def _keys(file: str) -> tuple[str, ...]:
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    try:
        text = Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise QmscheckError(Problem(file, 0, 0, f"cannot be read: {reason}")) from None
    found = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not found:
        raise QmscheckError(Problem(file, 0, 0, "holds no key", "write one key a line"))
    return found


def _paper(draw: Draw, suffix: str) -> bytes:
    from qmscheck.persons import test_sheet  # noqa: PLC0415
    from qmscheck.persons.samples import document, draw_file  # noqa: PLC0415

    return test_sheet.write(draw) if suffix == ".xlsx" else draw_file(document(draw), suffix)


def _screen(draw: Draw, *, listed: bool) -> str:
    """Tell of a draw: its facts, and its records where no file holds them."""
    from qmscheck.persons.test_sheet import known  # noqa: PLC0415

    lines = [f"{name:<13} {value}" for name, value in draw.facts()]
    for title, records in (("Drawn", draw.records), ("Forced", draw.picked)) if listed else ():
        if records:
            cells = [known(record) for record in records]
            plain = len(draw.strata) == 1  # then every record names the same stratum
            rows = [["" if c is None or (plain and i == 2) else str(c) for i, c in enumerate(row)] for row in cells]  # noqa: PLR2004
            widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
            lines += ["", f"{title}: number, key, stratum, place"]
            lines += [
                "  " + "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True) if w).rstrip() for row in rows
            ]
    return "\n".join(lines) + "\n"
