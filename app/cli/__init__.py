"""The command line: `afund ...`. Exit 0: done; 1: refused, in a plain sentence on standard error; 2: wrong usage."""

import sys
from collections.abc import Sequence

from app.cli.commands import cli
from kernel.errors import Refusal


def main(words: Sequence[str] | None = None) -> None:
    """Run one command, by default that of the process; a refusal is a plain sentence and each fault a line."""
    try:
        cli(args=words, standalone_mode=True)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from None
