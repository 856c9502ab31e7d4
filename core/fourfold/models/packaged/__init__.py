"""The embedding models whose weights come with a package: no key, no server, no download."""
