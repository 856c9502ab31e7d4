"""What an owner does with a memory: forget, erase, undo, edit, prune, look back."""
