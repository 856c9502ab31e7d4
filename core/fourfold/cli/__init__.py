"""The `fourfold` command."""

from fourfold.cli.app import main

__all__ = ["main"]
