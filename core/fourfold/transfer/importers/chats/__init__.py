"""Readers of chats and meetings as people have them: WhatsApp, Telegram, Slack, Discord, subtitles, transcripts, and
any chat in JSON."""
