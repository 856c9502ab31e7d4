"""BERT's uncased WordPiece tokenizer, over the vocabulary that is packaged with Fourfold."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer


def load_tokenizer(longest: int) -> Tokenizer:
    """Returns the tokenizer, which cuts off after `longest` tokens."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    lines = (files("fourfold.models") / "data" / "wordpiece.txt").read_text("utf-8").split("\n")
    vocabulary = {token: i for i, token in enumerate(lines) if token}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"])
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.enable_truncation(longest)
    return tokenizer


def wordy_rows(text: str, encoding: Encoding) -> list[int]:
    """Returns the rows of `encoding` that stand for letters or digits, not those of the model's marks and
    punctuation."""
    return [
        i
        for i, (start, end) in enumerate(encoding.offsets)
        if end > start and any(c.isalnum() for c in text[start:end])
    ]
