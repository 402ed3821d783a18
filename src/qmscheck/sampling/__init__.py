"""Draw what a person must read (`drawing`), and conclude from what was seen (`back`). See `docs/sampling.md`."""
