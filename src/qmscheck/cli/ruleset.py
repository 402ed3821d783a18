"""`qmscheck ruleset`: what the author of a ruleset needs."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qmscheck.cli.amounts import Day, today
from qmscheck.cli.options import bound_options, plugin_options

if TYPE_CHECKING:
    from qmscheck.apart import Isolation
    from qmscheck.plugins import Plugins

__all__ = ["command", "schema_of_files"]


@click.group("ruleset")
def command() -> None:
    """Check, test and describe rulesets."""


@command.command("lint")
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...")
@plugin_options
def lint(*, names: tuple[str, ...], disabled: tuple[str, ...]) -> int:
    """Check rulesets whole, as an audit would read them together.

    \b
    qmscheck ruleset lint iso9001
    qmscheck ruleset lint iso9001 our-own.toml
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import criteria  # noqa: PLC0415
    from qmscheck.cli.failure import MistakesError  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import QmscheckError  # noqa: PLC0415
    from qmscheck.sql.order import backwards  # noqa: PLC0415

    places = _places(names, _plugins(disabled))
    try:
        asked = criteria.load(places)
    except QmscheckError as error:
        raise MistakesError(*error.problems) from error
    ruleset = asked.ruleset
    obligations, rules = len(ruleset.obligations), len(ruleset.rules)
    write_out(f"{_counted(obligations, 'obligation')}, {_counted(rules, 'rule')}, no mistakes\n")
    bare = [rule.id for rule in ruleset.rules.values() if not rule.example]
    if bare:
        write_out(f"without an example, so that nothing shows what it does: {', '.join(bare)}\n")
    for rule, (duration, order) in backwards(asked.tests).items():
        write_out(
            f"{rule}: {duration} is negative, and so short enough, where the days are the wrong way round; "
            f"if that is not meant, add: {order}\n"
        )
    return 0


@command.command("test")
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...")
@click.option("--select", multiple=True, metavar="ID", help="Only the examples of this rule or obligation; repeatable.")
@bound_options
@plugin_options
def test(
    *,
    names: tuple[str, ...],
    select: tuple[str, ...],
    timeout: float | None,
    isolation: Isolation | None,
    disabled: tuple[str, ...],
) -> int:
    """Run the examples of the rules.

    Exit: 0 each gave its verdict, 1 some did not, 2 none was run.

    \b
    qmscheck ruleset test iso9001 --select CF-8.2.1-c2
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck.apart.pieces import Examples  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed, performed  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    plugins = _plugins(disabled)
    work = Examples(_places(names, plugins), select)
    found = performed(work, plugins, Allowed(timeout, None, isolation))
    failed = [result for result in found if not result.ok]
    for result in failed:
        title = f" ({result.title})" if result.title else ""
        expected = f"expected {result.expected.value}, got {result.got.value}"
        write_out(f"FAILED {result.rule} example {result.number}{title}: {expected}: {result.message}\n")
    if not found:
        raise QmscheckError(Problem("", 0, 0, "the rules have no example to run", "add [[rule.example]] to each rule"))
    write_out(f"{_counted(len(found), 'example')}, {len(failed) or 'none'} failed\n")
    return 1 if failed else 0


@command.command("request")
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...")
@click.option("--select", multiple=True, metavar="ID", help="Only what this rule or obligation needs; repeatable.")
@click.option("--by", type=Day(), metavar="DATE", help="The day by which records are wanted.")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="A .md or .xlsx file, in place of the screen.")
@plugin_options
def request(
    *,
    names: tuple[str, ...],
    select: tuple[str, ...],
    by: dt.date | None,
    output: tuple[str, ...],
    disabled: tuple[str, ...],
) -> int:
    """List the records to ask for before an audit: of whom, in which shape, for what.

    \b
    qmscheck ruleset request iso9001 --by 2027-01-15 -o request.xlsx
    qmscheck ruleset request iso9001 --select CF-10.2-a1
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck import criteria  # noqa: PLC0415
    from qmscheck.cli import papers  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.criteria.chosen import check_names  # noqa: PLC0415
    from qmscheck.persons import request as room  # noqa: PLC0415

    paths = papers.check(output, (".md", ".xlsx"))
    asked = criteria.load(_places(names, _plugins(disabled)))
    check_names(asked, select)
    ruleset = asked.ruleset
    chosen = [r for r in asked.tests if not select or {r, ruleset.rules[r].obligation} & set(select)]
    tables = room.asked_for(ruleset, asked.tests, chosen)
    text = room.to_markdown(ruleset, tables, by)
    if not paths:
        write_out(text)
        return 0
    papers.save(
        paths,
        lambda suffix: text.encode() if suffix == ".md" else room.to_workbook(ruleset, tables, by, today()),
    )
    return 0


@command.command("mutate")
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...")
@click.option("--select", multiple=True, metavar="ID", help="Only this rule or obligation; repeatable.")
@click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    default=0.95,
    show_default=True,
    metavar="SHARE",
    help="The share of changes, 0 to 1, that must be noticed.",
)
@click.option("--show", is_flag=True, help="Also name the changes that are noticed, and those declared equivalent.")
@bound_options
@plugin_options
def mutate(
    *,
    names: tuple[str, ...],
    select: tuple[str, ...],
    at_least: float,
    show: bool,
    timeout: float | None,
    isolation: Isolation | None,
    disabled: tuple[str, ...],
) -> int:
    """Change each rule as by mistake, and see whether its examples notice.

    Exit: 0 enough of the changes are noticed, 1 they are not or an entry is wrong, 2 no rule was changed.

    \b
    qmscheck ruleset mutate iso9001 --select CF-8.2.1-c2
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    from qmscheck.apart.pieces import Changes  # noqa: PLC0415
    from qmscheck.cli.bounded import Allowed, performed  # noqa: PLC0415
    from qmscheck.cli.mutants import fine, told  # noqa: PLC0415
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415
    from qmscheck.errors import Problem, QmscheckError  # noqa: PLC0415

    plugins = _plugins(disabled)
    found = performed(Changes(_places(names, plugins), select), plugins, Allowed(timeout, None, isolation))
    if not found:
        raise QmscheckError(Problem("", 0, 0, "there is no rule to change", "select an obligation that has rules"))
    write_out(told(found, at_least, show=show))
    return 0 if fine(found, at_least) else 1


@command.command("schema")
def schema() -> int:
    """Print the JSON Schema of a ruleset file, for editors."""
    from qmscheck.cli.terminal import write_out  # noqa: PLC0415

    write_out(json.dumps(schema_of_files(), indent=2, ensure_ascii=False) + "\n")
    return 0


def schema_of_files() -> dict[str, Any]:
    """Put together the JSON Schema of one file of a ruleset from the nouns that it holds."""
    from qmscheck import model  # noqa: PLC0415

    nouns: dict[str, type[model.Noun]] = {
        "ruleset": model.RulesetHeader,
        "param": model.ParameterSpec,
        "table": model.TableSpec,
        "obligation": model.Obligation,
        "rule": model.Rule,
        "overlay.obligation": model.ObligationOverlay,
        "overlay.param": model.ParameterOverlay,
    }
    known: dict[str, Any] = {}
    for noun in nouns.values():
        own = noun.model_json_schema()
        known |= own.pop("$defs", {})
        known[noun.__name__] = own
    refs = {name: {"$ref": f"#/$defs/{noun.__name__}"} for name, noun in nouns.items()}
    words = {"type": "array", "items": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of a qmscheck ruleset",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "ruleset": refs["ruleset"],
            "param": _by_name(refs["param"]),
            "term": _by_name(_by_name(words)),
            "table": _by_name(refs["table"]),
            "obligation": {"type": "array", "items": refs["obligation"]},
            "rule": {"type": "array", "items": refs["rule"]},
            "overlay": {
                "type": "object",
                "additionalProperties": False,
                "properties": {kind: _by_name(refs[f"overlay.{kind}"]) for kind in ("obligation", "param")},
            },
        },
        "$defs": known,
    }


def _plugins(disabled: tuple[str, ...]) -> Plugins:
    from qmscheck import plugins  # noqa: PLC0415

    return plugins.load(disabled)


def _places(names: tuple[str, ...], plugins: Plugins) -> tuple[tuple[str, Path], ...]:
    """Find rulesets by installed name or path. Raises QmscheckError with every name that is neither."""
    from qmscheck.errors import Problem, QmscheckError, did_you_mean  # noqa: PLC0415

    installed = plugins.rulesets
    problems = [
        Problem(
            "",
            0,
            0,
            f"there is no ruleset '{name}': no installed one, no path",
            did_you_mean(name, installed) or f"installed: {', '.join(installed) or 'none'}",
        )
        for name in names
        if name not in installed and not os.path.exists(name)  # noqa: PTH110  (false, too, for what can be no name)
    ]
    if problems:
        raise QmscheckError(*problems)
    return tuple((name, installed[name].path if name in installed else Path(name)) for name in names)


def _by_name(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
