"""Readers of talks with assistants: ChatGPT, Claude, and the conversations of LoCoMo."""
