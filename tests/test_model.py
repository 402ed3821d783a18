"""The nouns are named in one place and imported when one is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from qmscheck import model

HOUSE = Path(model.__file__).parent


@pytest.mark.parametrize("name", model.__all__)
def test_a_noun_is_the_one_of_its_module_and_is_told_to_who_checks_types(name: str) -> None:
    told = {
        alias.name: node.module
        for node in ast.walk(ast.parse((HOUSE / "__init__.py").read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert getattr(model, name) is getattr(import_module(str(told[name])), name)


def test_every_module_of_nouns_gives_all_that_it_names() -> None:
    public = {name for file in HOUSE.glob("[a-z]*.py") for name in import_module(f"qmscheck.model.{file.stem}").__all__}
    assert set(model.__all__) <= public


def test_who_asks_for_a_record_imports_nothing_of_what_a_ruleset_says() -> None:
    script = (
        "import sys\nfrom qmscheck.model import AuditPlan, AuditRecord, parted\n"
        "print(*(m for m in ('criteria', 'rules', 'forms') if f'qmscheck.model.{m}' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_is_no_noun_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match=r"module 'qmscheck\.model' has no attribute 'Norm'"):
        model.Norm  # noqa: B018
