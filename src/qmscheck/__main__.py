"""`python -m qmscheck` is `qmscheck`."""

from qmscheck.cli import run

if __name__ == "__main__":
    run()
