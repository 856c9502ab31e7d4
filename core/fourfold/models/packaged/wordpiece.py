"""BERT's uncased WordPiece tokenizer, over the vocabulary that is packaged with Fourfold."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_UNKNOWN = "[UNK]"


def load_tokenizer(longest: int) -> Tokenizer:
    """Returns the tokenizer, which cuts off after `longest` tokens."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    lines = (files("fourfold.models") / "data" / "wordpiece.txt").read_text("utf-8").split("\n")
    vocabulary = {token: i for i, token in enumerate(lines) if token}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"])
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.enable_truncation(longest)
    return tokenizer


def wordy_rows(text: str, encoding: Encoding) -> list[int]:
    """Returns the rows of `encoding` that stand for letters or digits which the vocabulary has, not those of the
    model's marks and punctuation."""
    # All that the vocabulary lacks, most of Chinese, is one token: two of its rows would be alike whatever they say.
    return [
        i
        for i, ((start, end), token) in enumerate(zip(encoding.offsets, encoding.tokens, strict=True))
        if end > start and token != _UNKNOWN and any(c.isalnum() for c in text[start:end])
    ]
