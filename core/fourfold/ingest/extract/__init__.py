"""Statements out of texts: by rules, by a language model, or as their caller states them."""
