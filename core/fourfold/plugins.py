"""Parts of Fourfold that other packages bring: models, channels, languages, importers.

A package declares them as entry points, in a group for each kind of part, here an embedder called "acme", which
`Memory.open(embedder="acme")` and `FOURFOLD_EMBEDDER=acme` then name:

    [project.entry-points."fourfold.embedders"]
    acme = "acme_fourfold:AcmeEmbedder"

The groups of models are `fourfold.embedders`, `fourfold.language_models`, `fourfold.rerankers` and
`fourfold.entity_recognizers`: an entry point names a class, or a function that returns an object, of the port of that
name in `fourfold.ports`; `fourfold.models.load` says with which arguments it is called.

`fourfold.channels` has `Channel` objects (`fourfold.recall.channels.channel`), `fourfold.languages` a `Language`
each (`fourfold.language.pack`) under its code, `fourfold.importers` importers or what makes one
(`fourfold.transfer.importers`); of channels and importers the name of the entry point means nothing. A broken
channel or language keeps a memory from being opened: without it recalls would find other units, and texts be stored
under other terms. A broken model is an error where it is named, a broken importer one where a file is none of the
formats known here. The MCP server's tools (`fourfold_mcp.tools`) are left out where they are broken, and logged:
the others still serve.

Reading what is declared imports nothing; `load_plugin` imports the one module that an entry point names.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from fourfold.errors import ConfigurationError


def declared_plugins(group: str) -> Mapping[str, EntryPoint]:
    """Returns the entry points of `group` by name. Of two packages that declare the same name, the one that stands
    earlier on `sys.path` has it."""
    # Not cached: a package may be installed while a program runs, and a memory is opened seldom.
    declared: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        declared.setdefault(entry.name, entry)
    return declared


def load_plugin(entry: EntryPoint) -> object:
    """Imports what `entry` names and returns it; raises `ConfigurationError` that names its package."""
    try:
        return entry.load()
    except Exception as error:  # another package's module may raise anything while it is imported
        raise broken_plugin(entry, error) from error


def broken_plugin(entry: EntryPoint, error: Exception) -> ConfigurationError:
    """Returns the error that blames the package of `entry`, not Fourfold, for `error`."""
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown package"
    return ConfigurationError(
        f'"{entry.name}" of {package} ({entry.value}, {entry.group}) cannot be used: '
        f"{type(error).__name__}: {error}. Repair, update or uninstall that package."
    )
