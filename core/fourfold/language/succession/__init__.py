"""Whether a newer statement tells how a matter stands now of which an older one spoke. Knows no model, no bank."""
