"""Prints the table of the loops, wherever they ran."""

import pytest

from .table import PROPERTY, lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests: what was killed, and what it cost."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    rows = [value for report in reports for name, value in report.user_properties if name == PROPERTY]
    if rows:
        terminalreporter.section("loops in which things were killed")
        for line in lines(rows):
            terminalreporter.line(line)
