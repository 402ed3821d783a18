"""Draw what a person must read, and say what the result allows to conclude."""
