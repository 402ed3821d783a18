"""The tests have a cache and a key of their own, which all processes of one run share: never the user's. Every audit is conducted
anew, whatever was audited before, and in the process that asks; the tests of what is recalled, and of audits apart, say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from qmscheck.privacy.key import find

#: No test asserts a time: a busy machine fails none.
settings.register_profile("qmscheck", deadline=None)
settings.load_profile("qmscheck")


@pytest.fixture(scope="session", autouse=True)
def private_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        patch.setenv("QMSCHECK_ANEW", "1")
        patch.setenv("QMSCHECK_ISOLATION", "never")
        patch.setenv("XDG_CONFIG_HOME", str(shared / "config"))
        find(None, shared)  # made before any test, so that none is told of it
        yield
