"""Statistics that are right for audits: pure functions of numbers, with the standard library only."""
