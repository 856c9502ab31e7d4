"""The tools, one file each; they only translate."""
