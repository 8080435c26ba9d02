"""Benchmarks run by `make bench` only, and end in a table. Nothing here asserts a time: machines differ."""

from pathlib import Path

import pytest

from tests.benchmarks import measure


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Out of the ordinary test run."""
    return None if config.getoption("benchmark_only", default=False) else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured, beside its peers."""
    for title, lines in measure.TABLES.items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
