"""How sessions reach the server, by stdio through a relay or by HTTP, and which process serves a directory."""
