"""The command line: `afund ...`. Exit 0: done; 1: refused, in a plain sentence on standard error; 2: wrong usage."""

import sys

from app.cli.commands import cli
from kernel.errors import Refusal


def main() -> None:
    """Run one command; a refusal is one plain sentence, and each single fault on a line of its own."""
    try:
        cli(standalone_mode=True)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from None
