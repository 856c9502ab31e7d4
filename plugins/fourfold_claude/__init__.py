"""Fourfold as Claude's memory tool."""
