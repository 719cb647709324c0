"""The command line of this package; the product's `genjin` mounts these commands."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)
