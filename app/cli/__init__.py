"""The command line: `afund ...`. Exit 0: done; 1: refused, in a plain sentence on standard error; 2: wrong usage."""

import gc
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from typer import Typer

from kernel.errors import Refusal


def main(words: Sequence[str] | None = None) -> None:
    """Run one command, by default that of the process; a refusal is a plain sentence and each fault a line."""
    try:
        _commands()(args=words, standalone_mode=True)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from None


@cache
def _commands() -> Typer:
    """The commands, and with them the whole application.

    What is loaded lives as long as the process: to look for rubbish in it would take longer than to load it.
    """
    gc.disable()
    try:
        found: Typer = import_module("app.cli.commands").cli
    finally:
        gc.freeze()
        gc.enable()
    return found
