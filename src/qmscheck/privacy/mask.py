"""Who is named in the evidence. How a passage is masked stands in `masking`, imported for the first of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

__all__ = ["NOBODY", "Mask"]


@dataclass(frozen=True)
class Mask:
    """Who is named in the evidence: `known` gives the pseudonyms of their names, as `pseudonym` makes them."""

    known: Callable[[], Collection[str]]
    pseudonym: Callable[[str], str]

    def quoted(self, text: str) -> str:
        """Write a passage as it may be quoted."""
        from qmscheck.privacy.masking import masked  # noqa: PLC0415  (only where passages are quoted)

        return masked(text, self.known(), self.pseudonym)

    def is_person(self, text: str) -> bool:
        """Tell whether a short text is the name of a person; a role is none."""
        if self is NOBODY:
            return False
        from qmscheck.privacy.masking import may_be_person  # noqa: PLC0415  (only where somebody is known)

        return may_be_person(text) and self.pseudonym(text) in self.known()


#: Nobody is known.
NOBODY = Mask(lambda: (), str)
