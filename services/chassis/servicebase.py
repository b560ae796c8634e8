"""What every service is: a database, its commands and events, and the keeping of its dead letters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from nameko.extensions import DependencyProvider
from sqlalchemy import delete, text

from services.chassis import deadletters, paging, readiness
from services.chassis.amqp import DeadLetterKeeper, every
from services.chassis.commands import command, query
from services.chassis.config import Config
from services.chassis.database import Database, Transaction
from services.chassis.delivery import DeadDelivery, Outcome
from services.chassis.journal import commands as carried_out
from services.chassis.journal import inbox
from services.contracts.operations import commands as wishes
from services.contracts.operations import views

REMEMBERED = timedelta(days=90)


class DatabaseProvider(DependencyProvider):  # type: ignore[misc]
    """Gives each worker the process's one `Database`. Connecting is left to the first transaction."""

    def setup(self) -> None:
        config = Config.from_env()
        service = self.container.service_cls
        self.database = Database(
            config.database_url(service.name),
            stores=service.stores,
            pool_size=config.workers,
            secret_key=config.secret_key,
        )

    def get_dependency(self, worker_ctx: Any) -> Database:
        return self.database

    def stop(self) -> None:
        self.database.dispose()


class ServiceBase:
    """Base of the services. A subclass has `name`, `stores`, and methods for its commands and events."""

    name: ClassVar[str]
    stores: ClassVar[Mapping[type, Any]] = {}
    database = DatabaseProvider()

    @classmethod
    def readiness(cls, config: Config) -> Mapping[str, Callable[[], str | None]]:
        """What `/readyz` asks besides the consumers, each None or what is wrong."""
        database = Database(config.database_url(cls.name), pool_size=1)
        return readiness.checks(database, cls.name)

    @DeadLetterKeeper.decorator()  # type: ignore[untyped-decorator]
    def keep_dead_letters(self, deliveries: Sequence[DeadDelivery]) -> list[Outcome]:
        """Move what died from its queue into the table."""
        return deadletters.keep(self.database, self.name, deliveries)

    @query(wishes.ListDeadLetters)
    def list_dead_letters(self, tx: Transaction, question: wishes.ListDeadLetters) -> views.DeadLetterPage:
        """See the query."""
        after = paging.key_of(question.after, paging.identifier)[0] if question.after else None
        found = deadletters.listed(tx, question.state.value, after, question.limit + 1)
        items, following = paging.page(found, question.limit, lambda letter: (letter.id,))
        return views.DeadLetterPage(items=tuple(items), next=following)

    @query(wishes.ShowDeadLetter)
    def show_dead_letter(self, tx: Transaction, question: wishes.ShowDeadLetter) -> views.DeadLetter:
        """See the query."""
        return deadletters.shown(tx, question.dead_letter_id)

    @command(wishes.ReplayDeadLetter)
    def replay_dead_letter(self, tx: Transaction, wish: wishes.ReplayDeadLetter) -> views.DeadLetter:
        """See the command."""
        return deadletters.settle(tx, wish.dead_letter_id, "replaying", tx.actor.user_name)

    @command(wishes.DiscardDeadLetter)
    def discard_dead_letter(self, tx: Transaction, wish: wishes.DiscardDeadLetter) -> views.DeadLetter:
        """See the command."""
        return deadletters.settle(tx, wish.dead_letter_id, "discarded", tx.actor.user_name)

    @every(3600)
    def forget_what_is_old(self) -> None:
        """Delete inbox rows and command ids that no retry will ask for again."""
        with self.database.transaction() as tx:
            before = tx.at - REMEMBERED
            tx.execute(text("set local statement_timeout = '60s'"))
            tx.execute(delete(inbox).where(inbox.c.received_at < before))
            tx.execute(delete(carried_out).where(carried_out.c.done_at < before))
