"""The public classes: `Memory` and `Bank`, and `AsyncMemory` and `AsyncBank`, which they stand before."""
