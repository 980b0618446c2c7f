"""Every command of the register, under `flask`."""

from __future__ import annotations

from flask import Flask

from .commands import accounts, base, export, gates, handbook, refusals, remind, report, trace


def init_app(app: Flask) -> None:
    for command in (
        base.base, base.sample, accounts.account, gates.list_gates, gates.cross, trace.ledger, handbook.write_handbook,
        remind.remind, report.report, export.export, refusals.refusal,
    ):  # fmt: skip
        app.cli.add_command(command)
