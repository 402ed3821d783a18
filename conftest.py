"""The tests have a cache and a key of their own, which all processes of one run share: never the user's. Every audit is
conducted anew, whatever was audited before, and in the process that asks; the tests of what is recalled, and of audits
apart, say so.

This stands above the tests of the product, of its plugins and of the rulesets: what a `conftest.py` beside one of them
says holds for no other.
"""

from __future__ import annotations

import functools
import gc
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import shared
from coverage import Coverage
from hypothesis import settings

from qmscheck.privacy.key import find

#: What takes long is begun first, so that no process of two is left with it at the end, when the other has nothing to
#: do. Spark is started by the process that has the first half, and by no other; so are the examples opened by it
#: (`extracts`).
FIRST = ("qmscheck-spark", "test_laws.py", "test_determinism.py")
SECOND = (
    "qmscheck-sql",
    "test_hygiene.py",
    "test_defects.py",
    "test_cycle.py",
    "test_benchmarks.py",
    "test_evidence_large.py",
    "test_privacy_outputs.py",
    "test_cli_init.py",
    "test_init_truth.py",
    "test_goldens.py",
)

#: Of the examples of one property, so many are measured: those after them run what they ran.
MEASURED = 8

#: No test asserts a time: a busy machine fails none.
settings.register_profile("qmscheck", deadline=None)
settings.load_profile("qmscheck")


def pytest_configure() -> None:
    """Look for garbage as seldom as the command does."""
    gc.set_threshold(200_000, 20, 20)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure nothing of a test that runs again and again what others run too: it would take as long again."""
    with pytest.MonkeyPatch.context() as patch:
        if item.get_closest_marker("unmeasured") is not None:
            for name in set(os.environ) - set(shared.unmeasured()):
                patch.delenv(name)
            with untraced():
                return (yield)
        given = getattr(getattr(item, "obj", None), "hypothesis", None)
        if given is not None and Coverage.current() is not None:
            patch.setattr(given, "inner_test", first_measured(given.inner_test))
        return (yield)


@contextmanager
def untraced() -> Iterator[None]:
    """Trace nothing that is run here."""
    here, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(threads)
        sys.settrace(here)


def first_measured(judged: Callable[..., object]) -> Callable[..., object]:
    """Measure the first examples of a property, and run all others as they are."""
    number = count()

    @functools.wraps(judged)
    def run(*args: object, **named: object) -> object:
        if next(number) < MEASURED:
            return judged(*args, **named)
        with untraced():
            return judged(*args, **named)

    return run


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long at the beginning of either half: `--dist=worksteal` gives two processes one half each."""
    first, second = ([one for one in items if set(names) & set(one.path.parts)] for names in (FIRST, SECOND))
    rest = [one for one in items if not set(FIRST + SECOND) & set(one.path.parts)]
    turn = max(0, len(items) // 2 - len(first))
    items[:] = [*first, *rest[:turn], *second, *rest[turn:]]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Save what was measured before a process says that it is done: ten seconds later pytest-xdist kills it, and one
    that stops Spark on a busy machine takes longer.
    """
    measuring = Coverage.current()
    if measuring is not None:
        measuring.save()


@pytest.fixture(scope="session", autouse=True)
def private_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test away from the cache and the key of the user."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        patch.setenv("QMSCHECK_ANEW", "1")
        patch.setenv("QMSCHECK_ISOLATION", "never")
        patch.setenv("XDG_CONFIG_HOME", str(shared / "config"))
        find(None, shared)  # made before any test, so that none is told of it
        yield


@pytest.fixture
def spacious(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let audits be apart, as they are for users, with a folder for what is passing: a test sees what is left there."""
    monkeypatch.delenv("QMSCHECK_ISOLATION")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
