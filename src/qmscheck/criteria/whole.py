"""Rulesets read whole: every file parsed, every entry checked, all mistakes told at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from qmscheck import toml
from qmscheck.cache import Cache
from qmscheck.criteria.check import Checked, check
from qmscheck.criteria.entries import Entries, gather
from qmscheck.criteria.kept import Criteria, toml_files
from qmscheck.criteria.overlays import lay_over
from qmscheck.errors import Problem, QmscheckError
from qmscheck.model import Ruleset, RulesetUsed

__all__ = ["load"]


def load(sources: Sequence[tuple[str, Path]], cache: Cache | None, read: Mapping[Path, bytes]) -> Criteria:
    """Read rulesets (a name for messages, and a folder or a file each) into one.

    `read` holds the bytes of files that were read already, `cache` what was found of expressions before. Raises
    QmscheckError with all mistakes.
    """
    entries = Entries(cache=cache)
    used: list[RulesetUsed] = []
    for name, path in sources:
        documents = _documents(name, path, read)
        header = gather(documents, entries)
        changes = lay_over(documents, entries)
        if header is not None:
            digest = hashlib.sha256("\0".join(d.text for d in documents).encode()).hexdigest()
            used.append(
                RulesetUsed(
                    id=header.id,
                    title=header.title,
                    standard=header.standard,
                    edition=header.edition,
                    version=header.version,
                    digest=digest,
                    unverified=header.unverified,
                    changes=changes,
                )
            )
    checked: Checked = check(entries)
    if entries.problems:
        raise QmscheckError(*entries.problems)
    ruleset = Ruleset(
        used=tuple(used),
        params=entries.params.nouns(),
        terms=entries.terms.nouns(),
        tables=entries.tables.nouns(),
        obligations=entries.obligations.nouns(),
        rules=entries.rules.nouns(),
    )
    return Criteria(ruleset, checked.tests)


def _documents(name: str, path: Path, read: Mapping[Path, bytes]) -> list[toml.Document]:
    """Read the files of one ruleset in name order; every broken file is told of."""
    if path.is_dir():
        files = toml_files(path)
        if not files:
            raise QmscheckError(Problem(name, 0, 0, "the ruleset folder holds no .toml file"))
        named = [(f, f"{name}/{f.name}") for f in files]
    elif path.is_file():
        named = [(path, name)]
    else:
        raise QmscheckError(Problem(name, 0, 0, "there is no such ruleset folder or file"))
    documents: list[toml.Document] = []
    broken: list[Problem] = []
    for file, shown in named:
        try:
            documents.append(toml.parse(read[file], shown) if file in read else toml.read(file, shown))
        except QmscheckError as error:
            broken.extend(error.problems)
    if broken:
        raise QmscheckError(*broken)
    return documents
