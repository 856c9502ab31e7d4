"""Writes core/fourfold/api/sync.py: `Memory`, `Bank` and `BankEntries`, a method for each public one of the
asynchronous classes. `make check` runs it with --check, which writes nothing and fails where the file is not what it
would write.

    python scripts/generate_sync.py [--check]
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

API = Path(__file__).parent.parent / "core/fourfold/api"
TARGET = API / "sync.py"

HEADER = '''"""`Memory`, `Bank` and `BankEntries`: the asynchronous ones, for code that does not await. They work
inside a running event loop too. Written by scripts/generate_sync.py: change the asynchronous classes, and run it."""

from __future__ import annotations

'''


@dataclass(frozen=True, slots=True)
class Facade:
    """A class to write: which asynchronous one it stands before, in which modules that and its bases are, and what
    stands before the methods."""

    name: str
    original: str
    modules: tuple[tuple[str, str], ...]
    base: str
    head: str
    skipped: tuple[str, ...] = ()


FACADES = (
    Facade(
        "Memory",
        "AsyncMemory",
        (("memory", "AsyncMemory"),),
        "MemoryFacade",
        '"""A memory: one store holding many banks. Open it with `Memory.open(...)`, best in a `with`."""\n',
        ("open", "close"),
    ),
    Facade(
        "Bank",
        "AsyncBank",
        (("bank", "AsyncBank"), ("edits", "BankEdits"), ("reads", "BankReads")),
        "BankFacade",
        '"""One agent\'s or user\'s memory; see `AsyncBank`."""\n\n'
        "def __init__(self, bank: AsyncBank, portal: Portal) -> None:\n"
        "    super().__init__(bank, portal)\n"
        "    self.entries = BankEntries(bank.entries, portal)\n",
    ),
    Facade(
        "BankEntries",
        "AsyncBankEntries",
        (("entries", "AsyncBankEntries"),),
        "Facade",
        '"""The JSON values that a bank keeps word for word; see `AsyncBankEntries`."""\n\n'
        "def __init__(self, entries: AsyncBankEntries, portal: Portal) -> None:\n"
        "    self._async = entries\n"
        "    self._portal = portal\n",
    ),
)
WRAPPED = {"AsyncBank": "Bank"}
"""What an asynchronous method returns, and what stands before it."""


def main() -> int:
    """Writes the file, or with --check compares; the exit status."""
    written = formatted(HEADER + imports() + "".join(map(class_text, FACADES)))
    if "--check" not in sys.argv:
        TARGET.write_text(written)
        return 0
    if TARGET.read_text() != written:
        print(f"{TARGET} is not what scripts/generate_sync.py writes: run it.", file=sys.stderr)
        return 1
    return 0


def class_text(facade: Facade) -> str:
    """The source of one class."""
    parts = [facade.head]
    for module, name in facade.modules:
        for method in methods(module, name):
            if method.name not in facade.skipped:
                parts.append(method_text(method, facade.original))
    body = "\n".join(parts).replace("\n", "\n    ")
    return f"\n\nclass {facade.name}({facade.base}):\n    {body}\n"


def methods(module: str, name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public methods of a class, in the order in which they stand; properties are the base's."""
    tree = ast.parse((API / f"{module}.py").read_text())
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return [
        node
        for node in found.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not any(getattr(decorator, "id", "") == "property" for decorator in node.decorator_list)
    ]


def method_text(method: ast.FunctionDef | ast.AsyncFunctionDef, original: str) -> str:
    """The source of one method, which asks the asynchronous one."""
    assert method.returns is not None
    returns = ast.unparse(method.returns)
    handed_on = arguments(method.args)
    call = f"self._async.{method.name}({handed_on})"
    if isinstance(method, ast.AsyncFunctionDef):
        work = f"lambda: {call}" if handed_on else f"self._async.{method.name}"
        value = f"self._portal.call({work})"
    else:
        value = call
    if returns in WRAPPED:
        value = f"{WRAPPED[returns]}({value}, self._portal)"
    line = value if returns == "None" else f"return {value}"
    return (
        f"def {method.name}({ast.unparse(method.args)}) -> {WRAPPED.get(returns, returns)}:\n"
        f'    """See `{original}.{method.name}`."""\n    {line}\n'
    )


def arguments(declared: ast.arguments) -> str:
    """How a method hands on all that it takes."""
    positional = [argument.arg for argument in declared.args[1:]]
    named = [f"{argument.arg}={argument.arg}" for argument in declared.kwonlyargs]
    return ", ".join(positional + named)


def imports() -> str:
    """The imports of the asynchronous classes' modules, of which the formatter drops the unused."""
    lines = ["from fourfold.api.facade import BankFacade, Facade, MemoryFacade, Portal"]
    lines += [f"from fourfold.api.{f.modules[0][0]} import {f.original}" for f in FACADES]
    for module in {module for facade in FACADES for module, _ in facade.modules}:
        for node in ast.parse((API / f"{module}.py").read_text()).body:
            if isinstance(node, ast.ImportFrom) and node.module not in (None, "__future__", "fourfold"):
                lines += [f"from {node.module} import {ast.unparse(alias)}" for alias in node.names]
    return "\n".join(sorted(set(lines))) + "\n"


def formatted(source: str) -> str:
    """`source` as the formatter has it, without unused imports."""
    for command in (["check", "--fix", "--quiet", "--select", "I,F401"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET), "-"]
        source = subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout
    return source


if __name__ == "__main__":
    sys.exit(main())
