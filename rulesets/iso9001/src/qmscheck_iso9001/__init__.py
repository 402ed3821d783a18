"""Customer focus in ISO 9001:2015: TOML files, an overlay for the next edition, and the hook that names both."""

from pathlib import Path

from qmscheck import RulesetFiles, hookimpl


@hookimpl
def qmscheck_rulesets() -> list[RulesetFiles]:
    """Give the folder of the ruleset, and that of what the drafts of 2026 change in it."""
    folder = Path(__file__).parent
    return [
        RulesetFiles("iso9001", folder, "Customer focus in ISO 9001:2015"),
        RulesetFiles(
            "iso9001-2026-draft", folder / "draft-2026", "What the drafts of 2026 change in iso9001 (unverified)"
        ),
    ]
