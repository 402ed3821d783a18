"""Customer focus in ISO 9001:2015: TOML files beside this module, and the hook that names their folder."""

from pathlib import Path

from qmscheck import RulesetFiles, hookimpl


@hookimpl
def qmscheck_rulesets() -> list[RulesetFiles]:
    """Give the folder of the ruleset."""
    return [RulesetFiles("iso9001", Path(__file__).parent, "Customer focus in ISO 9001:2015")]
