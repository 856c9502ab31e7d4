"""What is made of facts after they were written: beliefs moved, summaries, the core profile."""
