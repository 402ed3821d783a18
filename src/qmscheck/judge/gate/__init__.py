"""Last step: what persons decided, what the audit before found, and the one word of the gate, today and later."""
