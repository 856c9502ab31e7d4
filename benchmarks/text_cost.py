"""What reading a text costs, by what it is made of: the slowest kinds, in microseconds a character.

    python benchmarks/text_cost.py [--characters 100000]

Retains a message of one kind after another into an empty bank, on an embedder that costs next to nothing, and
consolidates it. Time is that of the processor.
"""

from __future__ import annotations

import argparse
import time

from machine import describe

from fourfold import Memory
from fourfold.testing import HashEmbedder, MemoryStore

KINDS = """a|A|A |Anna Maria |([{|"'|12 |1/2/|. |a. |? |a? |a@|@|-|_|'s |in May |Monday to |3 May - |2022-|last |not
I will |I think |my x is y. |I live in Porto. |中|我住在|三月|👍🏽|http://a |sk-a|password is |Mr. |said, "|ich werde
vor 3 Tagen |der Hund |between May and """.replace("\n", " |").split("|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=100_000)
    characters = parser.parse_args().characters
    print(describe())
    _cost("I think so. ", 1000)
    costs = sorted(((_cost(kind, characters), kind) for kind in KINDS), reverse=True)
    for cost, kind in costs[:12]:
        print(f"{cost:8.2f} us a character   {kind!r}")


def _cost(kind: str, characters: int) -> float:
    text = kind * (characters // len(kind))
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        began = time.process_time()
        memory.bank("a").retain(text)
        memory.bank("a").consolidate()
        return (time.process_time() - began) / len(text) * 1e6


if __name__ == "__main__":
    main()
