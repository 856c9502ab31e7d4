"""The settings, read from arguments, then from the environment (`FOURFOLD_*`). A wrong one is an error."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from fourfold.errors import ConfigurationError, InputError, StoreError
from fourfold.language.languages import language
from fourfold.validation import check_path

MARK, MARK_TEXT = "memory", "There was a Fourfold memory in this directory.\n"
"""The file beside `store` that says that there was one, so that its loss is noticed, and what is in it."""
# What may lie in a memory's directory: a process that is killed leaves any of them, also before there is a `store`.
FILES_OF_A_MEMORY = {
    *("owner.lock", "owner.json", MARK, "serving", "store", "store.new", "store.next", "store.old")
}
_DAY = 86_400.0
"""Seconds: nobody waits longer for an answer, and timers of systems end soon after."""
_CENTURY = 36_525.0
"""Days: far beyond what fades or is one talk, and well inside the calendar, in which it is counted with. A guess."""


class Settings(BaseSettings):
    """The settings of a memory: all that can be set without an object of its own."""

    # A misspelt argument is an error, not a default. Frozen, since some of them decide what is opened and are not
    # read again.
    model_config = SettingsConfigDict(
        env_prefix="FOURFOLD_", frozen=True, extra="forbid", allow_inf_nan=False
    )

    location: str = Field(default_factory=lambda: str(user_data_path("fourfold") / "memory"))
    """Where the memory is: a directory, ":memory:", or the URL of a Qdrant server."""
    api_key: str | None = None
    """The key of the Qdrant server, if it wants one."""
    key_file: Path | None = None
    """The file of the key that encrypts a new memory, and opens one that is (`fourfold key FILE` makes one). None: it
    is kept in clear."""
    grpc: bool = True
    """Whether to talk gRPC to the Qdrant server, which is faster and has no limit to a request; its port is the one
    after that of the location, as 6334 after 6333. False uses HTTP alone."""
    collection: str = Field(default="fourfold", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The collection on a Qdrant server."""
    timeout: float = Field(default=30.0, gt=0, le=_DAY)
    """Seconds to wait for a Qdrant server, or for another process that writes to the same bank there. 30 is a guess,
    not measured."""
    embedder: str = "minilm"
    """"minilm" (packaged), "static" (packaged, faster, a little weaker), or one of `fourfold.models.load`."""
    llm: str | None = None
    """The language model that reads what is retained: "anthropic:MODEL", "openai:MODEL", "openai:MODEL@URL",
    "transformers:MODEL". None: the built-in extractor, without any."""
    llm_concurrency: int = Field(default=16, ge=1, le=256)
    """Calls to the language model at once. 16 is a guess, not measured."""
    llm_timeout: float = Field(default=120.0, gt=0, le=_DAY)
    """Seconds that one call to the language model may take. 120 is a guess, not measured."""
    llm_tokens: int = Field(default=0, ge=0)
    """How many tokens, read and written, language models may take for one bank in all; 0 is no limit."""
    llm_words: int = Field(default=600, ge=50, le=20_000)
    """Words of a chunk, which a language model reads in one call. 600 is a guess, not measured."""
    reranker: str | None = None
    """A cross-encoder for recall: "fastembed:MODEL" or "sentence-transformers:MODEL". None: late interaction
    alone."""
    ner: str | None = None
    """What finds names in texts: "spacy:PIPELINE" (an installed one, or a directory). None: the packaged heads."""
    language: str | None = None
    """The language (ISO 639-1) that new banks are kept in; None finds it out from what is retained first."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where models run: the embedding model ("cuda" needs the extra `gpu`), a reranker, a local language model."""
    threads: int = Field(default=0, ge=0, le=256)
    """Threads for the embedding model; 0 takes one a core, at most 8 (a guess, not measured)."""
    candidates: int = Field(default=160, ge=10, le=2000)
    """How many units a recall scores exactly; a larger `limit` raises it, no bound at all makes it four times. 160
    take 2.6 ms of a recall; 640 raise what is found within 2,048 tokens from .923 to .927 (docs/benchmarks.md), at
    some three times the time of a recall."""
    relevance: float = Field(default=0.35, ge=0, le=1)
    """`Hit.score` that a unit has to reach, else a question finds nothing; 0 for no floor, and nothing is left out
    (docs/adr/0018)."""
    decay: float | None = Field(default=30.0, ge=0.001, le=_CENTURY)
    """Days after which a unit that is neither said again nor recalled is remembered to 1/e of its strength, a small
    factor of recall and the basis of `Bank.prune`. None (in the environment: "none"): nothing fades. 30 days lose
    nothing on conversations that ask about all of their past (docs/benchmarks.md, Fading); that was all that could
    be measured."""
    consolidate: Literal["background", "asked"] = "background"
    """When beliefs, summaries and core profiles are brought up to date: in the background, a second after the last
    write (a minute, where a language model does it), or only when `Bank.consolidate` asks for it."""
    summary_tokens: int = Field(default=130, ge=20, le=2000)
    """Tokens of an entity's summary at most (estimated), where no language model writes it. 130 are some 100
    words."""
    session_gap_hours: float = Field(default=6.0, gt=0, le=24 * _CENTURY)
    """Hours of silence that end a session: messages after them are another one's. 6 is a guess, not measured."""
    graph_units: int = Field(default=400_000, ge=1000)
    """How many units' indexes are kept in memory; the bank used longest ago goes first. At 1.5 kB a unit
    (docs/benchmarks.md) 400,000 take 600 MB; the number is a guess."""
    reserve_bytes: int = Field(default=64 * 2**20, ge=0)
    """Bytes of free disk below which writes are refused: the embedded engine writes through memory maps, and one
    onto a full disk ends the process. 64 MiB is a guess."""

    # An environment variable cannot be None, and an empty one is easily set by mistake: hence a word.
    @field_validator("decay", mode="before")
    @classmethod
    def _none_by_name(cls, days: object) -> object:
        return None if isinstance(days, str) and days.strip().lower() in ("none", "off") else days

    # Nor may an empty one mean that a memory is kept in clear.
    @field_validator("key_file", mode="before")
    @classmethod
    def _named_file(cls, path: object) -> object:
        if isinstance(path, str) and not path.strip():
            raise ValueError("it is empty; name the file of the key, or leave it out")
        return path

    @field_validator("language")
    @classmethod
    def _known_language(cls, code: str | None) -> str | None:
        try:
            return None if code is None else language(code).code
        except InputError as error:
            raise ValueError(str(error)) from error  # what pydantic collects into its own error


def load_settings(**values: object) -> Settings:
    """Returns settings from `values`, then the environment; raises `ConfigurationError` naming each wrong one."""
    # None is what an argument that was not given looks like; it must not hide the environment.
    try:
        return Settings(**{k: v for k, v in values.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"Wrong settings - {wrong}. See FOURFOLD_* in the environment.") from error


def is_url(location: str) -> bool:
    """Returns whether `location` names a server rather than a directory."""
    return location.startswith(("http://", "https://"))


def is_directory(location: str) -> bool:
    """Returns whether `location` names a directory: no server, and no memory that is gone once it is closed."""
    return not is_url(location) and location != ":memory:"


def directory_of(location: str) -> Path:
    """Returns the directory that `location` names, absolute, `~` expanded. Raises `InputError` for what is no path,
    and `ConfigurationError` for the home of a user who has none."""
    try:
        return check_path(location).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigurationError(f"{location} cannot be used: {error} Give the whole path.") from error


def make_directory(directory: Path) -> None:
    """Makes the directory of an embedded memory, if it is missing, and closes it to others, unless its user has put
    something else into it since. Raises `StoreError` for one that cannot be used, and `ConfigurationError` for one
    that holds something else."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        foreign = [path.name for path in directory.iterdir() if not _is_of_memory(path)]
    except OSError as error:
        raise StoreError(
            f"{directory} cannot be used ({error.strerror}). Choose a directory that you may write to, with "
            f"Memory.open(path) or FOURFOLD_LOCATION."
        ) from error
    # With a store in it the directory is a memory, whatever else its user has put there since.
    if foreign and not (directory / "store").exists():
        raise ConfigurationError(
            f"{directory} is not empty and holds no Fourfold memory (it has {sorted(foreign)[0]}). Nothing was "
            f"changed. Choose an empty or a new directory."
        )
    # A project that has the memory in it stays open to whom its user lets in: `store`, which has the texts, does not.
    if not foreign:
        make_private(directory)


def is_mark(path: Path) -> bool:
    """Returns whether a file says that there was a memory in its directory, and is not its user's of that name."""
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        # Empty it is where the process ended meanwhile, and as earlier versions made it.
        return file.read(len(MARK_TEXT) + 1) in (b"", MARK_TEXT.encode())


def _is_of_memory(path: Path) -> bool:
    return is_mark(path) if path.name == MARK else path.name in FILES_OF_A_MEMORY


def make_private(directory: Path) -> None:
    """Makes a directory for its user alone (0700), or closes to others the one that is there: what is remembered is
    in plain text in the engine's files, which have the modes that the engine gives them."""
    directory.mkdir(exist_ok=True, mode=0o700)
    if directory.stat().st_mode & 0o077:
        # It may be another user's, who lets this one write to it, or on a disk that knows no modes.
        with contextlib.suppress(OSError):
            directory.chmod(0o700)
