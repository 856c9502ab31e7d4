"""Files as products and people write them, each with who says what in it and when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TELEGRAM = {
    "name": "Ana",
    "type": "personal_chat",
    "id": 111,
    "messages": [
        {"id": 1, "type": "service", "date": "2023-02-04T09:59:00", "action": "phone_call", "text": ""},
        {
            "id": 2,
            "type": "message",
            "date": "2023-02-04T23:30:00",
            "date_unixtime": "1675546200",
            "from": "Ana",
            "text": ["I moved to ", {"type": "bold", "text": "Porto"}, " yesterday"],
        },
        {"id": 3, "type": "message", "from": "Ana", "forwarded_from": "Rui", "text": "I stay in Rome"},
    ],
}
SLACK = [
    {
        "type": "message",
        "user": "U1",
        "text": "<@U2> see <https://ex.org|the doc> &amp; tell",
        "ts": "1675504800.000200",
    },
    {
        "type": "message",
        "subtype": "channel_join",
        "user": "U2",
        "text": "<@U2> has joined",
        "ts": "1675504801.000200",
    },
]
DISCORD = {
    "guild": {"name": "Harbour"},
    "channel": {"id": "22", "name": "general"},
    "messages": [
        {
            "id": "1070000000000000001",
            "type": "Reply",
            "timestamp": "2023-02-04T10:00:00.123+00:00",
            "content": "hey <@9>, I moved",
            "author": {"id": "8", "name": "ana", "nickname": "Ana"},
            "mentions": [{"id": "9", "name": "rui", "nickname": "Rui"}],
        },
        {
            "id": "2",
            "type": "GuildMemberJoin",
            "timestamp": "2023-02-04T10:01:00+00:00",
            "content": "Joined.",
            "author": {"id": "7"},
        },
    ],
}
LANGCHAIN = {
    "lc": 1,
    "type": "constructor",
    "id": ["langchain", "schema", "messages", "AIMessage"],
    "kwargs": {"content": "A fine name."},
}
REPLY = """From: =?utf-8?q?Ana_M=C3=BCller?= <ana@ex.org>
To: tom@ex.org
Subject: Re: Flat
Date: Sat, 04 Feb 2023 10:00:00 +0100
Message-ID: <2@ex.org>

I moved to Porto last week.

On Fri, 3 Feb 2023 at 09:00, Tom B <tom@ex.org>
wrote:
> I live in Oslo.

--\x20
Ana, CEO
"""
FORWARDED = """From x@ex.org Sun Feb  5 12:00:00 2023
From: Tom <x@ex.org>
To: a@ex.org
Subject: Fwd: trip

For you.

---------- Forwarded message ---------
From: Rui <rui@ex.org>
Date: Fri, Feb 3, 2023 at 9:12 AM
Subject: trip

I booked Rome.
"""
OUTLOOK = """From: Tom <tom@ex.org>
To: Ana <ana@ex.org>
Subject: AW: Termin
Date: Sat, 4 Feb 2023 11:00:00 +0100
Content-Type: text/html

<style>p {}</style><p>Passt mir &amp; allen.</p>
<p>Von: Ana<br>Gesendet: Freitag<br>An: Tom</p><p>Ich wohne in Wien.</p>
"""
NOTE = """---
title: House
date: 2024-02-03
tags: [home, codes]
mood: calm
---

# Kitchen

## Boiler

- code 4471
"""
# The speaker, the beginning of the time in ISO 8601 ("": the file knows none), and words of the text.
FILES: list[tuple[str, Any, list[tuple[str | None, str, str]]]] = [
    (
        "android.txt",
        "12/31/21, 11:26 pm - Messages and calls are end-to-end encrypted.\n"
        "1/1/22, 12:01\u202fam - Priya: Happy new year!\nWe should call mum\n"
        "1/2/22, 12:15\u202fpm - Tom: <Media omitted>\n1/2/22, 1:15\u202fpm - Tom: I am in Oslo: at last\n",
        [
            ("Priya", "2022-01-01T00:01", "new year!\nWe should"),
            ("Tom", "2022-01-02T13:15", "I am in Oslo: at last"),
        ],
    ),
    (
        "ios.txt",
        "[04.02.23, 22:02:11] ~ Jörg: \u200eNachrichten sind verschlüsselt.\n"
        "\u200e[04.02.23, 22:03:00] Jörg: \u200eBild weggelassen\n[05.02.23, 08:15:59] ~ Jörg: Ich wohne in Köln.\n",
        [("Jörg", "2023-02-05T08:15", "Ich wohne in Köln.")],
    ),
    (
        "order.txt",  # no number above 12: only this order makes time go on
        "02/03/23, 10:00 - Ana: one\n11/03/23, 10:00 - Ana: two\n03/04/23, 10:00 - Ana: three\n",
        [("Ana", "2023-03-02T10:00", "one"), ("Ana", "2023-04-03T10:00", "three")],
    ),
    ("zh.txt", "2023/2/4 下午10:02 - 小明: 我搬到上海了\n", [("小明", "2023-02-04T22:02", "我搬到上海了")]),
    (
        "result.json",
        {"chats": {"list": [TELEGRAM]}},
        [
            ("Ana", "2023-02-04T23:30", "I moved to Porto yesterday"),
            ("Rui", "2023-02-04T23:30", "I stay in Rome"),
        ],
    ),
    ("2023-02-04.json", SLACK, [("U1", "2023-02-04T10:00", "@U2 see the doc (https://ex.org) & tell")]),
    ("discord.json", DISCORD, [("Ana", "2023-02-04T10:00", "hey @Rui, I moved")]),
    (
        "messages.json",
        [{"ID": 1, "Timestamp": "2023-02-04 10:00:00", "Contents": "I moved"}],
        [(None, "2023-02-04T10:00", "I moved")],
    ),
    (
        "GMT20240315-140000_Recording.vtt",
        "WEBVTT\n\n1\n00:00:03.000 --> 00:00:05.000\n<v Dana Reyes>The launch moves\n\n"
        "2\n00:00:05.000 --> 00:00:07.000\n<v Dana Reyes>to Thursday.</v>\n\n"
        "3\n00:01:00.000 --> 00:01:02.000\nOmar: I call the vendor.\n",
        [
            ("Dana Reyes", "2024-03-15T14:00", "The launch moves to Thursday."),
            ("Omar", "2024-03-15T14:01", "I call the vendor."),
        ],
    ),
    (
        "talk 2024-03-15.srt",
        "1\n00:00:01,000 --> 00:00:04,000\nTom: I own it.\n",
        [("Tom", "2024-03-15T00:00", "I own it.")],
    ),
    (
        "zoom.txt",
        "10:02:33 From Dana Reyes to Everyone:\n\tI send the notes\n"
        "10:03:10 From Omar to Dana(Direct Message):\n\tthanks\n",
        [("Dana Reyes", "", "I send the notes"), ("Omar", "", "thanks")],
    ),
    (
        "captions.txt",
        "[Dana] 10:00:00\nHello all.\n\n[Omar] 10:00:05\nI own it.\n",
        [("Omar", "", "I own it.")],
    ),
    (
        "meet.txt",
        "Weekly sync (2025-03-10 at 10:00 GMT) - Transcript\n\n00:00:00\n\nDana: Hello.\nOmar: I own the release.\n\n"
        "00:05:00\n\nDana: See you tomorrow.\n",
        [
            ("Omar", "2025-03-10T10:00", "I own the release."),
            ("Dana", "2025-03-10T10:05", "See you tomorrow."),
        ],
    ),
    (
        "sync.txt",
        "Date: 10 March 2025\nAttendees: Dana, Omar\n\nDana: I call the vendor.\n"
        "Omar: You should mail them.\nDana: Yes, I will.\n",
        [("Dana", "2025-03-10", "I call the vendor."), (None, "2025-03-10", "Attendees: Dana, Omar")],
    ),
    (
        "irc.log",
        "--- Day changed Sat Feb 04 2023\n10:02 <ana> I moved\n"
        "10:03 -!- sam [x] has joined\n10:04 <tom> are you well?\n",
        [("ana", "2023-02-04T10:02", "I moved"), ("tom", "2023-02-04T10:04", "are you well?")],
    ),
    (
        "copied.md",
        "You said:\nMy cat is Miso\n\nChatGPT said:\nNice!\n",
        [(None, "", "My cat is Miso"), ("assistant", "", "Nice!")],
    ),
    ("properties.txt", "Name: Ana\nAge: 30\nCity: Porto\n", [(None, "", "Name: Ana\nAge: 30\nCity: Porto")]),
    (
        "diary.txt",
        "Monday: I swam.\nTuesday: I ran.\n",
        [(None, "", "Monday: I swam."), (None, "", "Tuesday: I ran.")],
    ),
    ("reply.eml", REPLY, [("Ana Müller", "2023-02-04T10:00", "I moved to Porto last week.")]),
    (
        "box.mbox",
        FORWARDED,
        [("Tom", "2023-02-05T12:00", "For you."), ("Rui", "2023-02-03T09:12", "I booked Rome.")],
    ),
    ("outlook.eml", OUTLOOK, [("Tom", "2023-02-04T11:00", "Passt mir & allen.")]),
    ("house.md", NOTE, [(None, "2024-02-03", "House > Kitchen > Boiler\n- code 4471")]),
    ("2024-05-06.md", "I moved to Lyon.\n", [(None, "2024-05-06", "I moved to Lyon.")]),
    (
        "journal.md",
        "# Journal\n\n## 3 February 2024\n\nI swam.\n\n# Buy milk\n# Call Bob\n",
        [(None, "2024-02-03", "I swam."), (None, "", "Buy milk"), (None, "", "Call Bob")],
    ),
    (
        "langchain.json",
        {"messages": [LANGCHAIN, {"type": "human", "data": {"content": "Lua"}}]},
        [(None, "", "Lua")],
    ),
    (
        "sharegpt.json",
        [{"conversations": [{"from": "human", "value": "My cat is Miso"}]}],
        [(None, "", "My cat is Miso")],
    ),
    (
        "pairs.jsonl",
        '{"prompt": "Where is Ana?", "completion": "In Porto."}\n',
        [("assistant", "", "In Porto.")],
    ),
    (
        "messenger.json",
        {
            "messages": [
                {
                    "sender_name": "Zo\u00c3\u00ab",
                    "timestamp_ms": 1675504900000,
                    "content": "caf\u00c3\u00a9",
                },
                {"sender_name": "Ana", "timestamp_ms": 1675504800000, "content": "hello"},
            ]
        },
        [("Ana", "2023-02-04T10:00", "hello"), ("Zoë", "2023-02-04T10:01", "café")],
    ),
    (
        "fields.json",
        [
            {"body": "I moved", "author": {"name": "Luc"}, "sentAt": 1675504800000},
            {"message": "ok", "user": "Zoé", "date": "2023-02-04", "time": "10:05"},
            {"text": "here", "from": {"first_name": "Ann"}, "date": "05/02/2023 10:06"},
            {"content": [{"type": "text", "text": "there"}], "sender": "bob", "ts": "14/02/2023"},
        ],
        [
            ("Luc", "2023-02-04T10:00", "I moved"),
            ("Zoé", "2023-02-04T10:05", "ok"),
            ("Ann", "2023-02-05T10:06", "here"),
            ("bob", "2023-02-14", "there"),
        ],
    ),
    ("ar.txt", "\u200f4/2/2023، 10:02 م - أحمد: انتقلت إلى دبي\n", [("أحمد", "2023-02-04T22:02", "انتقلت")]),
    (
        "captions.vtt",
        "WEBVTT\n\n00:00.000 --> 00:02.000\n>> DANA: We ship.\n\n00:02.000 --> 00:04.000\nThen we rest.\n",
        [("DANA", "", "Then we rest.")],
    ),
    (
        "chat.csv",
        'date,author,message\n2023-02-04 10:00,Ana,"I moved, to\nPorto"\n',
        [("Ana", "2023-02-04T10:00", "I moved, to\nPorto")],
    ),
    ("page.html", "<!DOCTYPE html><html><style>p{}</style><p>I moved.</p></html>", [(None, "", "I moved.")]),
    ("teams.txt", "[10:02 AM] Dana\nI send it\n\n[10:05 AM] Omar\nthank you\n", [("Omar", "", "thank you")]),
    (
        "pasted.txt",
        "Ana — 14/02/2023 10:02\nI moved\nTom — 15/02/2023 10:05\nare you well?\n",
        [("Tom", "2023-02-15T10:05", "are you well?")],
    ),
    ("zh-talk.txt", "小明：我搬到上海了\n小红：你什么时候搬的？\n", [("小明", "", "我搬到上海了")]),
    (
        "gemini.json",
        {"contents": [{"role": "user", "parts": [{"text": "My cat is Miso"}]}]},
        [(None, "", "My cat is Miso")],
    ),
    (
        "keep.json",
        {"title": "House", "textContent": "code 4471", "userEditedTimestampUsec": 1706918400000000},
        [(None, "2024-02-03", "House\ncode 4471")],
    ),
    (
        "langgraph.json",
        [
            {
                "namespace": ["m", "ana"],
                "key": "1",
                "value": {"content": {"content": "Likes tea"}},
                "updated_at": "2025-02-01T00:00:00+00:00",
            }
        ],
        [(None, "2025-02-01", "Likes tea")],
    ),
    (
        "openmemory.json",
        {
            "items": [
                {"id": "1", "content": "Likes tea", "state": "active", "created_at": 1740823200},
                {"id": "2", "content": "Likes gin", "state": "deleted"},
            ]
        },
        [(None, "2025-03-01", "Likes tea")],
    ),
]


def write(path: Path, content: Any) -> Path:
    """Writes a text as it is, and anything else as JSON; returns the path."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path
