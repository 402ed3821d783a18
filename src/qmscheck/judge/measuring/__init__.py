"""Second step, of rules that measure: from counts to an interval, and what it says of a target, a series, each unit."""
