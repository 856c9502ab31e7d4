"""The tools, one file each: its function, what a model is told about it, its hints. `registry` lists them."""
