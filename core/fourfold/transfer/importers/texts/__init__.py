"""Readers of texts: e-mail, Markdown, anything written."""
