"""The other side of a comparison: a replica kept by a stock nameko `@event_handler`, as its manual shows it.

    python -m deploy.local.benching.stock <amqp url> <database url> <schema>

It writes the same rows as invoicing's consumer does: one into the inbox, one into the replica, unless a newer
state is there already. Each event is a transaction, because nameko hands out one event at a time.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from psycopg2.pool import ThreadedConnectionPool  # noqa: E402

#: What nameko uses when it is told nothing else.
WORKERS = 10

_INBOX = "insert into plain.inbox (queue, event_id) values ('stock', %s) on conflict do nothing"
_REPLICA = """
insert into plain.orders (id, sequence, customer_id, supplier_id, document) values (%s, %s, %s, %s, %s)
on conflict (id) do update set sequence = excluded.sequence, customer_id = excluded.customer_id,
    supplier_id = excluded.supplier_id, document = excluded.document
where orders.sequence < excluded.sequence
"""


class Database(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """A connection for each of nameko's ten workers."""

    def setup(self) -> None:
        self.pool = ThreadedConnectionPool(WORKERS, WORKERS, self.container.config["DATABASE"])

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.pool


class Stock:
    """A service that remembers orders."""

    name = "stock"
    database = Database()

    @event_handler("orders", "order-submitted")  # type: ignore[untyped-decorator]
    def remember(self, event: dict[str, Any]) -> None:
        """Take in an order as it now stands."""
        order = event["data"]["order"]
        row = (order["id"], order["sequence"], order["customer"]["id"], order["supplier"]["id"])
        connection = self.database.getconn()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(_INBOX, (event["id"],))
                if cursor.rowcount:
                    cursor.execute(_REPLICA, (*row, json.dumps(order)))
        finally:
            self.database.putconn(connection)


def main(amqp_url: str, database_url: str) -> None:
    """Serve until killed."""
    container = ServiceContainer(Stock, {"AMQP_URI": amqp_url, "DATABASE": database_url})
    container.start()
    print("ready", flush=True)
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
