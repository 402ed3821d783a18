"""Plugins are real modules here: fakes are handed to `plugins.load`, or installed as entry points of a folder."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint, PackageNotFoundError
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, NoReturn

import pytest

from qmscheck import (
    EngineKind,
    Extract,
    Reader,
    RenderOptions,
    ReportFormat,
    Request,
    RulesetFiles,
    Unread,
    hookimpl,
    plugins,
)
from qmscheck.errors import QmscheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from qmscheck.model import AuditRecord

INSTALLED = ("engine", "persons", "report", "tables", "documents", "iso9001", "ocr", "spark", "sql", "remote")


def nothing(request: Request) -> Iterator[Extract | Unread]:
    """Read nothing."""
    del request
    return iter(())


def blank(record: AuditRecord, options: RenderOptions) -> str:
    """Render nothing."""
    del record, options
    return ""


def reader(name: str = "csv", *suffixes: str, options: Mapping[str, str] | None = None) -> Reader:
    return Reader(name, suffixes, nothing, options or {})


def engine(name: str) -> EngineKind:
    """Name an engine that cannot be opened."""

    def never(_opening: object) -> NoReturn:
        raise AssertionError

    return EngineKind(name, "duckdb", never)


def plugin(name: str, **hooks: Callable[..., object]) -> ModuleType:
    """Make a module whose functions are hooks."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        function.__name__ = hook
        setattr(module, hook, hookimpl(function))
    return module


def load(*given: object) -> plugins.Plugins:
    """Load these plugins alone."""
    return plugins.load(disabled=[name for name in INSTALLED if name in installed()], extra=given)


def installed() -> list[str]:
    return [origin.name for origin in plugins.load().loaded]


def refused(*given: object) -> str:
    with pytest.raises(QmscheckError) as error:
        load(*given)
    return str(error.value)


def test_values_are_found_by_name_and_know_where_they_come_from(tmp_path: Path) -> None:
    csv, own, html = reader("csv", ".csv"), RulesetFiles("own", tmp_path), ReportFormat("html", "t", ".html", blank)
    found = load(
        plugin("one", qmscheck_readers=lambda: [csv], qmscheck_rulesets=lambda: [own]),
        plugin("two", qmscheck_report_formats=lambda: [html], qmscheck_engines=lambda: [engine("lake")]),
    )
    assert list(found.engines) == ["lake"]
    assert found.origin("engine", "lake").name == "two"
    assert dict(found.readers) == {"csv": csv}
    assert dict(found.rulesets) == {"own": own}
    assert dict(found.formats) == {"html": html}
    assert [str(origin) for origin in found.loaded] == [
        "plugin 'one' (given by the caller)",
        "plugin 'two' (given by the caller)",
    ]
    assert found.origin("suffix", ".csv").name == "one"
    assert found.origin("format", "html").name == "two"


def test_the_installed_plugins_are_found_by_their_entry_points() -> None:
    origins = {origin.name: origin.distribution for origin in plugins.load().loaded}
    assert origins == {
        "engine": "qmscheck",
        "report": "qmscheck",
        "persons": "qmscheck",
        "documents": "qmscheck-documents",
        "iso9001": "qmscheck-iso9001",
        "ocr": "qmscheck-ocr",
        "remote": "qmscheck-remote",
        "spark": "qmscheck-spark",
        "sql": "qmscheck-sql",
        "tables": "qmscheck-tables",
    }
    assert plugins.load().rulesets["iso9001"].path.is_dir()


def test_the_embedded_engine_is_brought_like_any_other() -> None:
    found = plugins.load()
    assert found.origin("engine", "duckdb").name == "engine"
    assert plugins.load(disabled=["engine"]).engines.get("duckdb") is None


def test_a_plugin_that_is_switched_off_brings_nothing() -> None:
    assert "iso9001" not in plugins.load(disabled=["iso9001"]).rulesets


def test_a_misspelt_name_to_switch_off_is_an_error() -> None:
    with pytest.raises(QmscheckError) as error:
        plugins.load(disabled=["iso9000"])
    assert str(error.value) == "there is no plugin 'iso9000' to switch off\n  hint: did you mean 'iso9001'?"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            {"qmscheck_readers": lambda: [reader("csv", ".csv")]},
            {"qmscheck_readers": lambda: [reader("csv", ".tsv")]},
            "the reader 'csv' is given by",
        ),
        (
            {"qmscheck_readers": lambda: [reader("csv", ".csv")]},
            {"qmscheck_readers": lambda: [reader("other", ".csv")]},
            "the suffix '.csv' is given by",
        ),
        (
            {"qmscheck_rulesets": lambda: [RulesetFiles("own", None)]},  # type: ignore[arg-type]
            {"qmscheck_rulesets": lambda: [RulesetFiles("own", None)]},  # type: ignore[arg-type]
            "the ruleset 'own' is given by",
        ),
        (
            {"qmscheck_engines": lambda: [engine("lake")]},
            {"qmscheck_engines": lambda: [engine("lake")]},
            "the engine 'lake' is given by",
        ),
        (
            {"qmscheck_report_formats": lambda: [ReportFormat("html", "", ".html", blank)]},
            {"qmscheck_report_formats": lambda: [ReportFormat("html", "", ".htm", blank)]},
            "the format 'html' is given by",
        ),
    ],
)
def test_a_name_given_twice_names_both_owners(
    first: dict[str, Callable[..., object]], second: dict[str, Callable[..., object]], message: str
) -> None:
    assert refused(plugin("one", **first), plugin("two", **second)) == (
        f"{message} plugin 'one' (given by the caller) and by plugin 'two' (given by the caller)\n"
        "  hint: switch one off: -p no:one or -p no:two"
    )


def test_a_name_given_twice_by_one_plugin_is_an_error() -> None:
    assert refused(plugin("one", qmscheck_readers=lambda: [reader("csv"), reader("csv")])) == (
        "plugin 'one' (given by the caller): gives the reader 'csv' twice"
    )


def test_two_plugins_of_one_name_are_an_error() -> None:
    assert refused(plugin("one"), plugin("one")) == (
        "plugin 'one' (given by the caller) and plugin 'one' (given by the caller) have one name\n"
        "  hint: uninstall one of them"
    )


def test_a_misspelt_hook_is_an_error_with_the_right_name() -> None:
    assert refused(plugin("one", qmscheck_reader=lambda: [reader()])) == (
        "plugin 'one' (given by the caller): there is no hook 'qmscheck_reader'\n"
        "  hint: did you mean 'qmscheck_readers'?"
    )


def test_a_hook_without_its_mark_is_an_error() -> None:
    module = ModuleType("one")
    module.qmscheck_readers = list  # type: ignore[attr-defined]
    assert refused(module) == (
        "plugin 'one' (given by the caller): the function 'qmscheck_readers' is not marked as a hook\n"
        "  hint: put @hookimpl above it"
    )


def test_a_hook_with_an_argument_that_does_not_exist_is_an_error() -> None:
    message = refused(plugin("one", qmscheck_readers=lambda config: config))
    assert message.startswith("plugin 'one' (given by the caller): ")
    assert "config" in message


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (lambda: None, "NoneType"),
        (lambda: (reader(),), "tuple"),
        (lambda: iter([reader()]), "list_iterator"),
        (lambda: [reader(), "csv"], "str 'csv'"),
        (lambda: [Reader], "type <class 'qmscheck.hookspecs.Reader'>"),
    ],
)
def test_a_hook_that_gives_something_else_is_an_error(given: Callable[..., object], what: str) -> None:
    assert refused(plugin("one", qmscheck_readers=given)) == (
        f"plugin 'one' (given by the caller): the hook qmscheck_readers must give a list of Reader, not {what}"
    )


def test_a_hook_that_raises_names_its_plugin() -> None:
    assert refused(plugin("one", qmscheck_rulesets=lambda: 1 / 0)) == (
        "plugin 'one' (given by the caller): the hook qmscheck_rulesets failed: ZeroDivisionError: division by zero"
    )


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (Reader("csv", ".csv", nothing), "the suffixes of reader 'csv' must be a tuple: ('.csv',)"),  # type: ignore[arg-type]
        (reader("csv", "csv"), "the suffix 'csv' of reader 'csv' must be lower case and start with a dot"),
        (reader("csv", ".CSV"), "the suffix '.CSV' of reader 'csv' must be lower case and start with a dot"),
        (
            reader("csv", ".csv", options={"path": "x"}),
            "the option 'path' of reader 'csv' is a key that every [[source]] has",
        ),
        (reader("a b", ".csv"), "'a b' is no name for a reader\n  hint: use lower-case letters, digits, dots, dashes"),
    ],
)
def test_a_reader_that_could_never_be_chosen_is_an_error(odd: Reader, message: str) -> None:
    assert refused(plugin("one", qmscheck_readers=lambda: [odd])) == f"plugin 'one' (given by the caller): {message}"


def test_all_mistakes_are_told_at_once() -> None:
    message = refused(plugin("one", qmscheck_readers=lambda: 1), plugin("two", qmscheck_rulesets=lambda: 2))
    assert message.count("must give a list") == 2


def test_every_plugin_hears_of_a_finished_audit_and_each_that_fails_is_named() -> None:
    heard: list[object] = []
    record = SimpleNamespace()
    found = load(
        plugin("one", qmscheck_audit_finished=lambda record: 1 / record.gate),
        plugin("two", qmscheck_audit_finished=lambda record: heard.append(record)),  # noqa: PLW0108
        plugin("three", qmscheck_audit_finished=lambda: heard.append("three")),
    )
    with pytest.raises(QmscheckError) as error:
        found.finished(record)  # type: ignore[arg-type]
    assert heard == [record, "three"]
    assert str(error.value) == (
        "plugin 'one' (given by the caller): failed after the audit: "
        "AttributeError: 'types.SimpleNamespace' object has no attribute 'gate'"
    )


def install(folder: Path, name: str, source: str, entry: str) -> None:
    """Install a distribution by hand, as an installer would."""
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    info = folder / f"{name}-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[qmscheck]\n{entry} = {name}\n", encoding="utf-8")


@pytest.mark.parametrize("source", ["import nowhere_at_all", "raise SystemExit(3)", "def f(:"])
def test_a_plugin_that_cannot_be_loaded_is_named_and_can_be_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    install(tmp_path, "qmscheck_broken", source, "broken")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(QmscheckError) as error:
        plugins.load()
    first, hint = str(error.value).splitlines()
    assert first.startswith("plugin 'broken' (qmscheck_broken 2.1): cannot be loaded: ")
    assert hint == "  hint: mend or uninstall it, or switch it off: -p no:broken"
    assert "broken" not in [origin.name for origin in plugins.load(disabled=["broken"]).loaded]


def test_two_distributions_may_not_share_the_name_of_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "qmscheck_first", "", "mine")
    install(tmp_path, "qmscheck_second", "", "mine")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(QmscheckError) as error:
        plugins.load()
    assert str(error.value) == (
        "plugin 'mine' (qmscheck_first 2.1) and plugin 'mine' (qmscheck_second 2.1) have one name\n"
        "  hint: uninstall one of them"
    )


def test_to_be_listed_imports_no_library_of_a_reader_an_engine_or_a_report() -> None:
    heavy = "duckdb sqlglot rich jinja2 python_calamine pypdfium2 office_oxide markdown_it charset_normalizer toml_rs"
    source = f"""
import sys
from qmscheck import plugins
plugins.load()
print(sorted(set("{heavy}".split()) & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_checkout_that_was_never_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(plugins, "version", missing)
    assert [str(one) for one in plugins.load().loaded if one.name == "report"] == ["plugin 'report' (qmscheck)"]


def test_an_entry_point_without_a_distribution_is_named_by_what_it_points_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda group: [EntryPoint("lost", "nowhere_at_all", group)])
    with pytest.raises(
        QmscheckError, match=r"^plugin 'lost' \(nowhere_at_all\): cannot be loaded: ModuleNotFoundError"
    ):
        plugins.load()


def test_a_name_that_resembles_none_is_answered_with_all() -> None:
    with pytest.raises(QmscheckError) as error:
        plugins.load(disabled=["zzz"], extra=[plugin("one")])
    assert str(error.value).endswith(
        "hint: there are documents, engine, iso9001, ocr, one, persons, remote, report, spark, sql, tables"
    )
