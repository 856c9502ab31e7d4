"""What texts cost that nobody says: microseconds a character, how the cost grows with the length, and memory.

    python benchmarks/hostile.py [--ways retain,preview] [--patterns 20] [--characters 4000] [--longest 1000000]
        [--seconds 20]
    python benchmarks/hostile.py --total 1000

Gives each pattern, repeated, to each way into a memory at `--characters`, twice that, and so on, until one
measurement takes more than `--seconds` of the processor or `--longest` is reached. The exponent is the slope of time
over length, both as logarithms: 1 where the time is linear, 2 where it grows with the square. It is taken over the
upper half of the lengths, where what is done once a text no longer counts. Memory is what the process needed at its
peak beyond what it had before, in bytes a character (Linux). The ways named "heads ..." have the packaged model read;
the others leave it out, as its time is the same whatever a text is made of.

With `--total` so many megabytes go into one embedded memory on the disk, a megabyte a write and 40 a bank, each of
one pattern: three of four are of nothing else, and equal pieces of them become one unit; the fourth has a number at
each thousand characters, so that no piece is said twice. A line an eighth tells the seconds of the processor, the
peak of memory and the bytes on the disk. At the end the memory is closed, opened again and asked.
"""

from __future__ import annotations

import argparse
import math
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from machine import describe

from fourfold import Bank, Memory
from fourfold.integrations.turn import strip_blocks
from fourfold.language.languages import ENGLISH
from fourfold.models.packaged.statement_heads import load_heads
from fourfold.ports import Embedding, TokenScores
from fourfold.settings import load_settings
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold.transfer.importers import read_import
from fourfold.values.redaction import redact, redaction_rules

_MEGABYTE, _MEGABYTES_A_BANK = 1_000_000, 40
"""Characters of a write, and writes of a bank, which has some ten thousand units then."""
TALK = (
    "I moved to Porto with Ana in May, and it rained all week. My sister works at the harbour! Do you still see Tom? "
    "He told me that he was tired of the city. We had dinner at seven. Next week I start my new job as a nurse. "
)
"""What the patterns are held against."""
PATTERNS: Sequence[str] = (
    *"""a|A|1| |(|([{)]}|"|«|“|'|A |Word |Anna Maria |ANNA |12 |1 2 3 |1.|1/2/|a.b.c.|a? |, |I live, |and |
I and |; |: |May |in May |from May to |between May and |last |since |vor 3 Tagen |il y a 3 jours |
hace 3 días |三天前|from Monday to |中|我住在|A中a1 |I am not |I will |no longer |I think |my x is y |
my x and |not |and I live in |and my dog is |x=1;|{"a":[1,"b"],|aGVsbG8gd29ybGQ|sk-a|eyJ|-----BEGIN |
password is |4111 1111 |http://a.b/c?d=e |http://|a@|a@b.c |/a|\u200b|a\u200b|e\u0301\u0302|\u0301|
👍🏽|👍 |<memory-profile> |</memory-recalled>|Mr. |said, "|[held back: |Ana said: |In my novel: |
Write a mail: |_|-|*|`|``` |of |de |A de |'s """.replace("|\n", "|").split("|"),
    *(
        "x=1;\n",
        "- item\n",
        "- I live\n",
        "Ana: hi\n",
        "> a\n",
        "\n",
        "a\n",
        "# a\n",
        "a\n\n",
        "---\n",
        "Subject: a\n",
    ),
    *(
        "[1/2/24, 10:00] Ana: hi\n",
        "1/2/24, 10:00 - Ana: hi\n",
        "Ana  10:00\nhi\n",
        "00:01 --> 00:02\n",
        "a,b\n",
        "<b>",
    ),
)


class UnreadEmbedder(HashEmbedder):
    """`HashEmbedder`, of whose texts the packaged model read nothing."""

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns the embeddings, without a score of any token."""
        columns = load_heads().of_language(ENGLISH.code)
        assert columns is not None
        unread = TokenScores(np.zeros((0, 0), dtype=np.float32), ())
        return [replace(embedding, scores=unread) for embedding in super().embed(texts)]


def _with_bank(text: str, embedder: HashEmbedder, use: Callable[..., object]) -> float:
    """Returns how long `use` of an empty bank takes."""
    with Memory(MemoryStore(), embedder, load_settings(consolidate="asked")) as memory:
        began = time.process_time()
        use(memory.bank("a"), text)
        return time.process_time() - began


def _retain(text: str) -> float:
    return _with_bank(text, UnreadEmbedder(), lambda bank, text: bank.retain(text))


def _retain_with_heads(text: str) -> float:
    return _with_bank(text, HashEmbedder(), lambda bank, text: bank.retain(text))


def _consolidate(text: str) -> float:
    def use(bank: Bank, text: str) -> None:
        bank.retain(text)
        bank.consolidate()

    return _with_bank(text, UnreadEmbedder(), use)


def _preview(text: str) -> float:
    return _with_bank(text, UnreadEmbedder(), lambda bank, text: bank.preview(text))


def _recall(text: str) -> float:
    return _with_bank(text, UnreadEmbedder(), lambda bank, text: bank.recall(text))


def _keep_file(text: str) -> float:
    """Claude's memory tool: a file is written and read."""
    from fourfold_claude import FourfoldMemoryTool

    def use(bank: Bank, text: str) -> None:
        tool = FourfoldMemoryTool(bank)
        tool.call({"command": "create", "path": "/memories/a.md", "file_text": text})
        tool.call({"command": "view", "path": "/memories/a.md"})

    return _with_bank(text, UnreadEmbedder(), use)


def _redact(text: str) -> float:
    rules = redaction_rules(["secrets"])
    began = time.process_time()
    redact(text, rules, Counter())
    return time.process_time() - began


def _strip(text: str) -> float:
    began = time.process_time()
    strip_blocks(f"<memory-profile>{text}</memory-profile>")
    return time.process_time() - began


def _importing(name: str, wrapped: str = "{}") -> Callable[[str], float]:
    def read(text: str) -> float:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / name
            path.write_text(wrapped.replace("{}", text), errors="replace")
            began = time.process_time()
            read_import(path)
            return time.process_time() - began

    return read


WAYS: dict[str, Callable[[str], float]] = {
    "retain": _retain,
    "preview": _preview,
    "recall": _recall,
    "heads retain": _retain_with_heads,
    "consolidate": _consolidate,
    "memory tool": _keep_file,
    "secrets": _redact,
    "strip_blocks": _strip,
    "text file": _importing("note.txt"),
    "Markdown file": _importing("note.md", "---\ntitle: {}"),
    "WhatsApp file": _importing("WhatsApp Chat with Ana.txt", "1/2/24, 10:00 - Ana: hi\n{}"),
    "mail file": _importing("mail.eml", "From: a@b.c\nSubject: hi\nTo: b@b.c\n\n{}"),
    "HTML file": _importing("page.html", "<html><body>{}"),
    "JSON file": _importing("chat.txt", '{"a": [{}'),
    "table": _importing("table.csv", 'a,b\n1,"{}'),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds and bytes a character at the longest text that was measured, and the exponent of the time."""

    microseconds: float
    exponent: float
    characters: int
    bytes: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ways", default=",".join(way for way in WAYS if not way.startswith("heads")))
    parser.add_argument("--patterns", type=int, default=len(PATTERNS), help="so many, the first ones")
    parser.add_argument("--characters", type=int, default=4_000)
    parser.add_argument("--longest", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--total", type=int, default=0, help="megabytes into one memory, and nothing else")
    options = parser.parse_args()
    print(describe())
    if options.total:
        with tempfile.TemporaryDirectory() as directory:
            _fill(Path(directory) / "memory", options.total)
        return
    for way in options.ways.split(","):
        WAYS[way](TALK * 5)  # what is loaded once a process
        talk = _cost(WAYS[way], TALK, options)
        print(f"\n{way}: ordinary talk {_shown(talk)}", flush=True)
        costs = [(_cost(WAYS[way], pattern, options), pattern) for pattern in PATTERNS[: options.patterns]]
        for cost, pattern in sorted(costs, key=lambda each: -each[0].microseconds):
            marks = ("GROWS " if cost.exponent > 1.15 else "") + (
                "COSTS" if cost.microseconds > 3 * talk.microseconds else ""
            )
            print(f"{_shown(cost)}  {pattern!r} {marks}", flush=True)


def _shown(cost: Cost) -> str:
    return (
        f"{cost.microseconds:9.2f} us a character  exponent {cost.exponent:5.2f}  "
        f"{cost.bytes:7.0f} bytes a character at {cost.characters:9,}"
    )


def _fill(path: Path, megabytes: int) -> None:
    """Retains megabytes of all patterns in turn, and prints what each eighth of them took."""
    settings = load_settings(consolidate="asked")
    with Memory.open(path, embedder=UnreadEmbedder(), settings=settings) as memory:
        began = time.process_time()
        for number in range(megabytes):
            bank = memory.bank(f"bank {number // _MEGABYTES_A_BANK}")
            bank.retain(_megabyte(number), document=f"document {number}")
            if (number + 1) % max(1, megabytes // 8) == 0:
                seconds, began = time.process_time() - began, time.process_time()
                disk = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
                print(
                    f"{number + 1:5} MB: the last ones {seconds:7.0f} s, at most {_memory('VmHWM') / 1e6:6.0f} MB of "
                    f"memory, {disk / 1e6:7.0f} MB on the disk",
                    flush=True,
                )
    began = time.process_time()
    with Memory.open(path, embedder=UnreadEmbedder(), settings=settings) as memory:
        banks = [memory.bank(bank.name) for bank in memory.banks()]
        for bank in banks:
            bank.recall("What is said of number 3?")
        seconds = time.process_time() - began
        units = sum(len(bank.units()) for bank in banks)
    print(f"opened, and {len(banks)} banks asked, in {seconds:.1f} s of the processor; {units} units")


def _megabyte(number: int) -> str:
    """Returns a million characters of one pattern, with numbers within in every fourth."""
    turn, place = divmod(number, len(PATTERNS))
    pattern = PATTERNS[place]
    if (turn + place) % 4 < 3:
        return f"{pattern * (_MEGABYTE // len(pattern))} no {number}"
    piece = pattern * (1000 // len(pattern))
    return "".join(f"{piece} no {number} {each} " for each in range(_MEGABYTE // len(piece)))


def _cost(way: Callable[[str], float], pattern: str, options: argparse.Namespace) -> Cost:
    lengths: list[int] = []
    seconds: list[float] = []
    length = options.characters
    peak = 0.0
    while length <= options.longest and sum(seconds[-1:]) * 2 <= options.seconds:
        text = f"Hi. {pattern * (length // len(pattern))} x"  # of blanks alone there is nothing to retain
        before = _start_of_peak()
        seconds.append(max(way(text), 1e-6))
        peak = (_memory("VmHWM") - before) / length
        lengths.append(length)
        length *= 2
    upper = max(2, len(lengths) // 2)
    return Cost(
        seconds[-1] / lengths[-1] * 1e6, _slope(lengths[-upper:], seconds[-upper:]), lengths[-1], peak
    )


def _slope(lengths: Sequence[int], seconds: Sequence[float]) -> float:
    if len(lengths) < 2 or seconds[-1] < 0.01:  # too short a time to tell anything
        return math.nan
    return float(np.polyfit(np.log(lengths), np.log(seconds), 1)[0])


def _start_of_peak() -> int:
    """Forgets the peak of memory so far, where the system can, and returns the bytes in use."""
    path = Path("/proc/self/clear_refs")
    if path.exists():
        path.write_text("5")
    return _memory("VmRSS")


def _memory(field: str) -> int:
    path = Path("/proc/self/status")
    found = re.search(rf"{field}:\s+(\d+) kB", path.read_text()) if path.exists() else None
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
