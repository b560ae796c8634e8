"""How much one caller may ask. Counted per process; with several gateways each counts its own share.

Sign-in is limited per address, and per account from one address, so that guessing does not keep accounts busy
(which has limits of its own, and knows the owner's devices). Everything else is limited per user, far above
what a person or a well-behaved program does: a client that runs wild is slowed before the services are.
"""

import time
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from services.chassis.errors import TooMany


class TooFast(TooMany):
    """TooMany, with the seconds after which the caller may come back."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


TooFast.code = TooMany.code


@dataclass(frozen=True)
class Rates:
    """What is allowed, in the notation of the package limits."""

    requests_per_user: str = "6000 per 10 second"
    sign_ins_per_address: str = "300 per 1 minute"
    sign_ins_per_account_there: str = "20 per 5 minute"


class Limits:
    """Counts and refuses."""

    def __init__(self, rates: Rates | None = None) -> None:
        rates = rates or Rates()
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._requests = parse(rates.requests_per_user)
        self._addresses = parse(rates.sign_ins_per_address)
        self._accounts = parse(rates.sign_ins_per_account_there)

    async def request(self, who: str) -> None:
        """Count a request of `who`; raises TooMany."""
        await self._count(self._requests, "Too many requests", "request", who)

    async def sign_in(self, address: str, account: str) -> None:
        """Count an attempt to sign in; raises TooMany."""
        await self._count(self._addresses, "Too many sign-ins from your network", "address", address)
        # Per account *and* address: strangers elsewhere must not be able to keep its owner out.
        await self._count(self._accounts, "Too many sign-ins to this account", address, account.casefold())

    async def token(self, address: str) -> None:
        """Count a request that only a token out of a mail opens, for tokens can be guessed at."""
        await self._count(self._addresses, "Too many attempts from your network", "address", address)

    async def signed_in(self, address: str, account: str) -> None:
        """The right password was given: earlier attempts are forgiven."""
        await self._limiter.clear(self._accounts, address, account.casefold())

    async def _count(self, item: RateLimitItem, sentence: str, *identifiers: Any) -> None:
        if await self._limiter.hit(item, *identifiers):
            return
        window = await self._limiter.get_window_stats(item, *identifiers)
        seconds = _seconds_until(window.reset_time)
        raise TooFast(f"{sentence}; come back in {seconds} seconds.", seconds)


def _seconds_until(moment: float) -> int:
    return max(1, round(moment - time.time() + 0.5))
