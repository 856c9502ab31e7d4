"""Counts what language models cost a bank: at every call, kept in the bank, bounded if asked.

The transaction books what was spent with the next write, so that no caller has to remember it."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fourfold.errors import ModelError, TokenLimitError
from fourfold.language.text import estimate_tokens
from fourfold.models.delegating import DelegatingModel, streamed
from fourfold.models.retrying import RetryingModel
from fourfold.ports import LanguageModel, ModelResponse, OnText, OutputT, Point, PromptMessage, Store, Where
from fourfold.schema.bookkeeping import ledger_point, read_ledger
from fourfold.schema.records import LEDGER, stamp_of
from fourfold.token_usage import Tokens


class TokenAccount:
    """The account of one bank. Every process keeps a record of its own; together they are what the bank has spent."""

    def __init__(self, store: Store, bank: str) -> None:
        self._store = store
        self._bank = bank
        # Calls end on the event loop, writes book in worker threads.
        self._lock = threading.Lock()
        self._own, self._others = _spent(store, bank)
        self._booked = self._own
        self._reserved = 0

    @property
    def spent(self) -> Tokens:
        """All tokens so far."""
        with self._lock:
            return self._own + self._others

    def reserve(self, expected: int, limit: int) -> None:
        """Sets `expected` tokens aside for a call, so that calls at the same time do not exceed the limit
        together; raises `TokenLimitError` where `limit` (0 for none) forbids it."""
        with self._lock:
            total = self._own.total + self._others.total + self._reserved
            if limit and total + expected > limit:
                raise TokenLimitError(
                    f'The bank "{self._bank}" may spend {limit:,} language model tokens (llm_tokens), and has spent '
                    f"{total:,}. What it could not read is kept as it was said; raise the limit and call resume()."
                )
            self._reserved += expected

    def commit(self, expected: int, spent: Tokens) -> None:
        """Counts what a call did take in place of the `expected` tokens that were reserved."""
        with self._lock:
            self._reserved -= expected
            self._own += spent

    def unbooked(self) -> Booking | None:
        """Returns what has to be written for the store to know all that this process has spent, if anything."""
        with self._lock:
            own = self._own
            if own == self._booked:
                return None
        # The sum, not the difference: written twice, or by a process that died in between, it is the same.
        return Booking(self, own, ledger_point(self._bank, self._store.writer, own))

    def mark_booked(self, spent: Tokens) -> None:
        """Notes that the store has `spent`. What was spent since is booked by the next write."""
        # Not what is spent by now: a call may have ended between the point and the write of it.
        with self._lock:
            self._booked = spent


@dataclass(frozen=True, slots=True)
class Booking:
    """What a process has spent, on its way into the store as `point`; `confirm` it once it is written."""

    account: TokenAccount
    spent: Tokens
    point: Point

    def confirm(self) -> None:
        """Notes that `point` has been written."""
        self.account.mark_booked(self.spent)


class TokenAccounts:
    """The accounts of the banks in use."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._of: dict[str, TokenAccount] = {}

    def get(self, bank: str) -> TokenAccount:
        """Returns the account of `bank`, read from the store at its first use."""
        # Read under the lock: two accounts of one bank would each know half of what is spent.
        with self._lock:
            if bank not in self._of:
                self._of[bank] = TokenAccount(self._store, bank)
            return self._of[bank]

    def spent(self, bank: str) -> Tokens:
        """Returns what `bank` has spent. No account is kept for it: any name may be asked for."""
        with self._lock:
            account = self._of.get(bank)
        return (account or TokenAccount(self._store, bank)).spent

    def unbooked(self, bank: str) -> Booking | None:
        """Returns what the next write to `bank` has to book, if anything. An account that is not in use has nothing
        to book, and is not read for it."""
        with self._lock:
            account = self._of.get(bank)
        return None if account is None else account.unbooked()

    def forget(self, bank: str) -> None:
        """Drops the account of a bank that has been erased."""
        with self._lock:
            self._of.pop(bank, None)


class MeteredModel(DelegatingModel):
    """Counts the tokens of `inner` in `account`, up to `limit` tokens of the bank (0 for no limit); `spent` is
    what went through this object."""

    def __init__(self, inner: LanguageModel, account: TokenAccount, limit: int) -> None:
        super().__init__(inner)
        self._account, self._limit = account, limit
        self.spent = Tokens()

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`; raises `TokenLimitError` as well."""
        return await self._booked(turns, partial(self.inner.ask, turns, shape))

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """See `StreamingModel.stream`; raises `TokenLimitError` as well."""
        return await self._booked(turns, partial(streamed, self.inner, turns, shape, on_text))

    async def _booked(
        self, turns: Sequence[PromptMessage], ask: Callable[[], Awaitable[ModelResponse[OutputT]]]
    ) -> ModelResponse[OutputT]:
        # The input alone: how long an answer will be nobody knows, and a limit that is exceeded by one is still a
        # limit.
        expected = sum(estimate_tokens(turn.text) for turn in turns)
        self._account.reserve(expected, self._limit)
        # Zero for whatever raises else, a cancelled call included: what that has cost no provider tells.
        spent = Tokens()
        try:
            answer = await ask()
            spent = answer.tokens
        except ModelError as error:  # a refused or malformed answer has cost as well
            spent = error.tokens
            raise
        finally:
            self.spent += spent
            self._account.commit(expected, spent)
        return answer


class BankLanguageModel(RetryingModel):
    """A language model as an operation on one bank uses it: tried again where that may help, every attempt booked to
    the bank's account. Belongs to one event loop."""

    def __init__(self, model: LanguageModel, account: TokenAccount, limit: int, concurrency: int) -> None:
        # The meter is inside: each attempt costs tokens, the ones that failed included.
        self._metered = MeteredModel(model, account, limit)
        super().__init__(self._metered, concurrency)

    @property
    def spent(self) -> Tokens:
        """The tokens that went through this object."""
        return self._metered.spent


def _spent(store: Store, bank: str) -> tuple[Tokens, Tokens]:
    """Returns what this writer has spent so far, and what all others have."""
    own = of_others = Tokens()
    for point in store.scan(Where(bank=bank, kind=LEDGER)):
        if stamp_of(point).writer == store.writer:
            own = read_ledger(point)
        else:
            of_others += read_ledger(point)
    return own, of_others
