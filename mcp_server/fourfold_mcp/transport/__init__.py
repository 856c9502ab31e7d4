"""How sessions reach the server: stdio through a relay, or HTTP; and which process serves a directory."""
