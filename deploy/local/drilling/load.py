"""Eight clients that live through the stories, and a pair of foreigners that look around meanwhile.

A client asks until it knows: what is lost, put off or answered by nobody is asked again with the same key.
"""

import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from deploy.local.drilling.calls import Defect, Done, Door, PutOff, Refused, Unknown, Who
from deploy.local.drilling.cast import Cast
from deploy.local.drilling.history import Deed, History
from deploy.local.drilling.plan import Plan
from deploy.local.drilling.story import Broken, Story, Wanted
from services.contracts.invoicing import commands as invoicing
from services.contracts.orders import commands as orders
from services.contracts.shapes import Query, operation

SHORTEST_PAUSE, LONGEST_PAUSE = 0.03, 1.0
MOST_DEFECTS = 5


class Progress:
    """How far the load has come. Stories begin in their order, and not before the faults that are due."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begun = 0
        self.ended = 0
        self.broken = 0
        self.healed: float | None = None
        """Since when nothing is done to the system any more (`time.monotonic`)."""
        self.given_up = False
        self._faults_begun = 0
        self._due: list[int] = []
        self._changed = threading.Condition()

    def expect_faults(self, due: Sequence[int]) -> None:
        """Numbers of orders before which the first, second, … fault must have begun."""
        self._due = list(due)

    def next_story(self) -> int | None:
        """The number of the next story; None when there is none left."""
        with self._changed:
            if self.begun >= self.total or self.given_up:
                return None
            number = self.begun
            self.begun += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_time_for(number) or self.given_up)
            return number

    def _is_time_for(self, number: int) -> bool:
        began = self._faults_begun
        return began >= len(self._due) or number < self._due[began]

    def wait_for_story(self, number: int) -> None:
        """Until that many have begun."""
        with self._changed:
            self._changed.wait_for(lambda: self.begun >= min(number, self.total) or self.given_up)

    def heal(self) -> None:
        """From now on every question must be answered."""
        self.healed = time.monotonic()

    def give_up(self) -> None:
        """Nobody is answered any more: the clients end."""
        with self._changed:
            self.given_up = True
            self._changed.notify_all()

    def fault_began(self) -> None:
        """The next fault is under way."""
        with self._changed:
            self._faults_begun += 1
            self._changed.notify_all()

    def no_more_faults(self) -> None:
        """The nemesis is at its end, or has died."""
        with self._changed:
            self._faults_begun = len(self._due)
            self._changed.notify_all()

    def story_ended(self, *, broken: bool) -> None:
        """A client is through with one."""
        with self._changed:
            self.ended += 1
            self.broken += broken
            self._changed.notify_all()


class Seen:
    """Documents that exist, for foreigners to try."""

    def __init__(self) -> None:
        self._ids: list[tuple[str, str]] = []

    def add(self, kind: str, id: str) -> None:
        """There is one more."""
        self._ids.append((kind, id))

    def any(self, rng: random.Random) -> tuple[str, str] | None:
        """One of the latest, or None while there are none."""
        return rng.choice(self._ids[-200:]) if self._ids else None


class Client:
    """One client: a door of its own, and further ones for what must happen at the same moment."""

    def __init__(
        self, plan: Plan, history: History, progress: Progress, seen: Seen, doors: Callable[[], Door]
    ) -> None:
        self._plan, self._history, self._progress, self._seen = plan, history, progress, seen
        self._new_door = doors
        self._door = doors()
        self._rival_doors: list[Door] = []
        self._defects = 0

    def close(self) -> None:
        """Its doors are shut."""
        for door in (self._door, *self._rival_doors):
            door.close()

    def saw(self, kind: str, id: str) -> None:
        """See Story."""
        self._seen.add(kind, id)

    def do(self, wanted: Wanted, key: str) -> Any | None:
        """See Story."""
        return self._do(self._door, wanted, key)

    def race(self, rivals: Sequence[tuple[Wanted, str]]) -> list[Any | None]:
        """See Story."""
        while len(self._rival_doors) < len(rivals):
            self._rival_doors.append(self._new_door())
        start = threading.Barrier(len(rivals))

        def run(door: Door, wanted: Wanted, key: str) -> Any | None:
            start.wait()
            return self._do(door, wanted, key)

        with ThreadPoolExecutor(len(rivals)) as pool:
            races = [
                pool.submit(run, door, *rival) for door, rival in zip(self._rival_doors, rivals, strict=False)
            ]
            return [race.result() for race in races]

    def look(self, question: Query, who: Who) -> Any:
        """See Story."""
        pause, began = SHORTEST_PAUSE, time.monotonic()
        while True:
            outcome = self._door.ask(question, who)
            match outcome:
                case Done(value):
                    return value
                case Refused(_, code, detail):
                    self._history.odd(f"{type(question).__name__} was refused: {code}: {detail}")
                    raise Broken(detail)
                case Defect(detail):
                    self._note_defect(type(question).__name__, detail)
            pause = self._wait(pause, began)

    def _do(self, door: Door, wanted: Wanted, key: str) -> Any | None:
        what = type(wanted.wish).__name__
        deed = Deed(
            key, what, operation(type(wanted.wish)).service, wanted.fact, wanted.who.organisation,
            wanted.target, dict(wanted.amounts),
        )  # fmt: skip
        pause, began = SHORTEST_PAUSE, time.monotonic()
        while True:
            self._history.invoke(deed)
            outcome = door.ask(wanted.wish, wanted.who, key=key, expected=wanted.expected)
            match outcome:
                case Done(value):
                    deed.document, deed.sequence = _document(value)
                    self._history.settle(deed, "ok")
                    self._perhaps_repeat(door, wanted, key, value)
                    return value
                case Refused(_, code, detail):
                    self._history.settle(deed, "fail", f"{code}: {detail}")
                    if code in wanted.may_be:
                        return None
                    self._history.odd(f"{what} was refused: {code}: {detail}")
                    raise Broken(detail)
                case PutOff(detail):
                    self._history.settle(deed, "later", detail)
                case Unknown(reason):
                    self._history.settle(deed, "unknown", reason)
                case Defect(detail):
                    self._history.settle(deed, "unknown", detail)
                    self._note_defect(what, detail)
            pause = self._wait(pause, began)

    def _perhaps_repeat(self, door: Door, wanted: Wanted, key: str, first: Any) -> None:
        """What a client does whose answer got lost on the way, although this one has it."""
        if self._plan.rng("repeat", key).random() >= self._plan.mix.repeated:
            return
        outcome = door.ask(wanted.wish, wanted.who, key=key, expected=wanted.expected)
        what = type(wanted.wish).__name__
        if isinstance(outcome, Done) and outcome.value != first:
            self._history.odd(f"{what} was repeated with its key and got another answer")
        elif isinstance(outcome, Refused | Defect):
            self._history.odd(f"{what} was repeated with its key and got {outcome}")

    def _note_defect(self, what: str, detail: str) -> None:
        self._history.odd(f"{what} met a defect: {detail}")
        self._defects += 1
        if self._defects >= MOST_DEFECTS:
            raise Broken(detail)

    def _wait(self, pause: float, since: float) -> float:
        healed = self._progress.healed
        late = healed is not None and time.monotonic() - max(healed, since) > self._plan.patience
        if late or self._progress.given_up:
            raise Broken("nobody answers")
        time.sleep(pause)
        return min(pause * 2, LONGEST_PAUSE)


def _document(value: Any) -> tuple[str | None, int | None]:
    if isinstance(value, dict):
        return value.get("id"), value.get("sequence")
    return None, None


class Load:
    """All clients and the foreigners, each in a thread."""

    def __init__(
        self, plan: Plan, cast: Cast, history: History, doors: Callable[[], Door], *, invoices: bool
    ) -> None:
        self._plan, self._cast, self._history, self._doors, self._invoices = (
            plan,
            cast,
            history,
            doors,
            invoices,
        )
        self.progress = Progress(plan.orders)
        self.looked = 0
        """How often a foreigner has looked."""
        self._seen = Seen()
        self._over = threading.Event()
        self._clients = [
            threading.Thread(target=self._live, name=f"client {n}", daemon=True) for n in range(plan.clients)
        ]
        self._foreigners = [
            threading.Thread(target=self._look_around, args=(who,), name="foreigner", daemon=True)
            for who in cast.foreigners
        ]

    def start(self) -> None:
        """Begin."""
        for thread in (*self._clients, *self._foreigners):
            thread.start()

    def join(self) -> None:
        """Until every client is through."""
        for thread in self._clients:
            thread.join()
        self._over.set()
        for thread in self._foreigners:
            thread.join()

    @property
    def running(self) -> bool:
        """Whether a client is still at work."""
        return any(thread.is_alive() for thread in self._clients)

    def _live(self) -> None:
        client = Client(self._plan, self._history, self.progress, self._seen, self._doors)
        while (number := self.progress.next_story()) is not None:
            self.progress.story_ended(broken=not self._lived(client, number))
        client.close()

    def _lived(self, client: Client, number: int) -> bool:
        rng = self._plan.rng("story", number)
        link = rng.choice(self._cast.partnerships)
        try:
            Story(number, client, link, rng, self._plan.mix, invoices=self._invoices).live()
        except Broken:
            return False
        except Exception:  # noqa: BLE001
            # An answer of a shape nobody expects is a finding about the system, not the end of the client.
            self._history.odd(f"story {number} broke off: {traceback.format_exc(limit=3)}")
            return False
        return True

    # ------------------------------------------------------------------------------------ foreigners

    def _look_around(self, who: Who) -> None:
        rng = self._plan.rng("foreigner", who.organisation)
        door = self._doors()
        while not self._over.wait(1):
            found = self._seen.any(rng)
            if found is None:
                continue
            for question in rng.sample(self._questions(*found), 2):
                self._judge(question, door.ask(question, who), found[1])
                self.looked += 1
        door.close()

    def _questions(self, kind: str, id: str) -> list[Query]:
        if kind == "order":
            asked: list[Query] = [
                orders.GetOrder(order_id=UUID(id)), orders.GetOrderHistory(order_id=UUID(id)), orders.ListOrders(),
                orders.ListGoodsMovements(order_id=UUID(id)),
            ]  # fmt: skip
            if self._invoices:
                asked.append(invoicing.GetOpenQuantities(order_id=UUID(id)))
            return asked
        return [
            invoicing.GetInvoice(invoice_id=UUID(id)), invoicing.GetInvoiceHistory(invoice_id=UUID(id)),
            invoicing.ListInvoices(), invoicing.ListPayments(invoice_id=UUID(id)),
        ]  # fmt: skip

    def _judge(self, question: Query, outcome: Any, id: str) -> None:
        if isinstance(outcome, Done) and not _empty(outcome.value):
            self._history.odd(
                f"tenant scope: {type(question).__name__} showed {id} to a foreign organisation"
            )
        elif isinstance(outcome, Refused) and outcome.status not in (403, 404):
            self._history.odd(f"tenant scope: {type(question).__name__} answered a foreigner {outcome}")
        elif isinstance(outcome, Defect):
            self._history.odd(f"{type(question).__name__} met a defect: {outcome.detail}")


def _empty(value: Any) -> bool:
    """A list without anything in it."""
    return isinstance(value, dict) and "items" in value and not value["items"]
