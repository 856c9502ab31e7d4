"""Ten lines with the embedding model on a GPU: `pip install "fourfold[gpu]"` on a machine with CUDA, and

    python examples/gpu_embeddings.py

Where onnxruntime sees no GPU it says so and runs the same model on the CPU.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from onnxruntime import get_available_providers

from fourfold import Memory, Message, Settings

device = "cuda" if "CUDAExecutionProvider" in get_available_providers() else "cpu"
if device == "cpu":
    print("onnxruntime sees no GPU here: the CPU does its work.\n")
start = datetime(2026, 5, 20, tzinfo=UTC)
diary = [
    Message(f"On day {n} I walked {n % 7 + 3} km along the river.", "Mara", at=start + timedelta(days=n))
    for n in range(256)
]
with Memory.open(":memory:", settings=Settings(device=device)) as memory:
    bank = memory.bank("mara")
    bank.retain("A first line, for which the model is loaded.")
    began = time.perf_counter()
    bank.retain(diary)
    print(f"{len(diary) / (time.perf_counter() - began):.0f} lines a second on {device}")
    print(bank.recall("How far did Mara walk on day 100?", limit=1).text)
