"""The measures: each loads a house, and tells figures of this machine beside its raw limits."""

import json
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.local.benching import raw
from deploy.local.benching.accounts import FEW_LINES, MANY_LINES, Books
from deploy.local.benching.house import House, Round, await_
from deploy.local.benching.matching import FIXED_LOOP, FIXED_LOOP_SHARE, cost_of_matching
from deploy.local.benching.processes import spent
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds are short, and the best of them counts (other work only ever adds)."""

    rounds: int
    seconds: float
    invoices: int
    few_orders: int
    many_orders: int
    backlog: int
    stock_backlog: int
    submissions: int
    many_entries: int


FULL = Size(3, 5.0, 400, 10_000, 1_000_000, 50_000, 5_000, 100, 1_000_000)
QUICK = Size(2, 2.0, 120, 10_000, 100_000, 5_000, 1_000, 30, 100_000)


@dataclass
class Figure:
    """One line of the table. `goal` says what the value should be, `other` what others need for the same."""

    what: str
    value: float
    unit: str
    goal: str = ""
    other: str = ""


@dataclass
class Result:
    """What a measure found."""

    name: str
    title: str
    figures: list[Figure]
    cpu: dict[str, float] = field(default_factory=dict)  # milliseconds of each operation, by kind of process
    remarks: list[str] = field(default_factory=list)


def best(rounds: list[Round]) -> tuple[float, dict[str, float], list[float]]:
    """The greatest rate, the least CPU of an operation, and the latencies of the quickest round."""
    quickest = max(rounds, key=lambda each: each.rate)
    leanest = min(rounds, key=lambda each: sum(each.cpu.values()) / each.count)
    return quickest.rate, leanest.cpu_each, quickest.latencies


def _load_figures(rate: float, cpu: Mapping[str, float], latencies: list[float]) -> list[Figure]:
    return [
        Figure("operations", rate, "/s"),
        Figure("CPU of one operation, all processes", sum(cpu.values()), "ms"),
        Figure("half of them within", 1000 * latencies[len(latencies) // 2], "ms"),
        Figure("95 % of them within", 1000 * latencies[int(len(latencies) * 0.95)], "ms"),
    ]


def _beside(figures: list[Figure], raw_round: Round, rate: float, cpu: float, what: str) -> None:
    raw_cpu = sum(raw_round.cpu_each.values())
    figures += [
        Figure(f"{what}", raw_round.rate, "/s"),
        Figure(f"{what}, CPU", raw_cpu, "ms"),
        Figure("  ours to that: operations", rate / raw_round.rate, "x"),
        Figure("  ours to that: CPU", cpu / raw_cpu, "x"),
    ]


# -------------------------------------------------------------------------------------------- documents


def _ordering(house: House, times: int = 1) -> list[dict[str, Any]]:
    return [
        {"key": buyer.key, "requests": [["POST", "/orders", json.dumps(house.world.order(pair))]] * times}
        for pair, buyers in enumerate(house.world.buyers)
        for buyer in buyers
    ]


def orders(house: House, size: Size) -> Result:
    """Create and submit a 10-line order over HTTP, eight clients, one process per service."""
    house.round(_ordering(house), seconds=size.seconds)
    rounds = [house.round(_ordering(house), seconds=size.seconds, keep="id") for _ in range(size.rounds)]
    rate, cpu, latencies = best(rounds)
    figures = _load_figures(rate, cpu, latencies)
    figures[0].goal, figures[0].other = ">= 200", "Odoo 19: 6.8, Tryton 8.2: 2.7"
    figures[1].goal, figures[1].other = "<= 8", "Odoo 19: 270, Tryton 8.2: 700"
    plain = raw.PlainSql(house, "orders", raw.ORDER_ROWS, rounds[-1].kept[-1])
    _beside(figures, plain.round(max(80, int(rate))), rate, sum(cpu.values()), "the same rows by plain SQL")
    body = _event(house, rounds[-1].kept[-1], uuid.uuid4())
    confirmed = raw.confirmed_messages(house, body, max(50, int(rate)))
    _beside(figures, confirmed, rate, sum(cpu.values()), "one confirmed message (pika)")
    return Result("orders", orders.__doc__ or "", figures, cpu)


def invoices(house: House, size: Size) -> Result:
    """Invoice from order, sent, matched and approved, eight clients."""
    rounds = []
    for _ in range(size.rounds + 1):
        each = max(1, size.invoices // 8)
        waiting = [(house.round([client], seconds=None, keep="id").kept) for client in _ordering(house, each)]
        sellers = [seller for group in house.world.sellers for seller in group]
        clients = [
            {"key": seller.key, "requests": [["POST", "/invoices", _invoice(id)] for id in ids]}
            for seller, ids in zip(sellers, waiting, strict=True)
        ]
        rounds.append(house.round(clients, seconds=None, keep="id"))
    status = house.world.sellers[0][0].caller.get(f"/invoices/{rounds[-1].kept[0]}")["status"]
    if status != "approved":
        raise Problem(f"The invoices of the measure are {status} and not approved.")
    rate, cpu, latencies = best(rounds[1:])
    figures = _load_figures(rate, cpu, latencies)
    figures[0].goal, figures[0].other = ">= 100", "Odoo 19: 4.0, without matching"
    figures[1].goal, figures[1].other = "<= 15", "Odoo 19: 480, without matching"
    plain = raw.PlainSql(house, "invoicing", raw.INVOICE_ROWS, rounds[-1].kept[-1])
    _beside(figures, plain.round(max(80, int(rate))), rate, sum(cpu.values()), "the same rows by plain SQL")
    return Result("invoices", invoices.__doc__ or "", figures, cpu)


def _invoice(order_id: str) -> str:
    return json.dumps({"order_id": order_id, "number": f"R-{uuid.uuid4().hex[:12]}"})


# ------------------------------------------------------------------------------------------------ lists


def lists(house: House, size: Size) -> Result:
    """The 50 newest orders of a supplier, eight clients, among few orders and among many."""
    rates: list[float] = []
    cpus: list[dict[str, float]] = []
    for total in (size.few_orders, size.many_orders):
        _fill_up(house, total)
        _listing_round(house, 1.0)
        rate, cpu, _ = best([_listing_round(house, size.seconds) for _ in range(size.rounds)])
        rates.append(rate)
        cpus.append(cpu)
    few, many = (sum(cpu.values()) for cpu in cpus)
    figures = [
        Figure(f"lists among {size.few_orders:,}", rates[0], "/s", ">= 500"),
        Figure(f"lists among {size.many_orders:,}", rates[1], "/s"),
        Figure("CPU of one list among few, all processes", few, "ms"),
        Figure("CPU of one list among many, all processes", many, "ms"),
        Figure("among many to among few: time", rates[0] / rates[1], "x", "<= 1.2"),
        Figure("among many to among few: CPU", many / few, "x", "<= 1.2"),
    ]
    return Result("lists", lists.__doc__ or "", figures, cpus[0])


def _listing_round(house: House, seconds: float) -> Round:
    sellers = [seller for group in house.world.sellers for seller in group]
    return house.round(
        [{"key": seller.key, "requests": [["GET", "/orders?limit=50", None]]} for seller in sellers],
        seconds=seconds,
    )


def _fill_up(house: House, total: int) -> None:
    """More orders by plain SQL, until there are `total`: every tenth for one of our two suppliers."""
    columns = _column(
        house,
        "select column_name from information_schema.columns"
        " where table_schema = 'public' and table_name = 'orders' order by ordinal_position",
    )
    changed = {
        "id": "overlay(overlay(gen_random_uuid()::text placing lpad(to_hex(t.n), 8, '0') from 1 for 8)"
        " placing '7' from 15 for 1)::uuid",
        "number": "'B-' || t.n",
        "supplier_id": "case when t.n %% 10 = 0 then o.supplier_id else gen_random_uuid() end",
    }
    there = house.value("orders", "select count(*) from orders")
    listed = ", ".join(columns)
    selected = ", ".join(changed.get(name, f"o.{name}") for name in columns)
    with house.database("orders").cursor() as cursor:
        cursor.execute(
            f"with samples as (select distinct on (supplier_id) * from orders where number not like 'B-%%'"  # noqa: S608
            f" and status = 'submitted'), numbered as (select *, row_number() over () - 1 as place from samples)"
            f" insert into orders ({listed}) select {selected} from generate_series(%s::int, %s::int) t(n)"
            f" join numbered o on o.place = (t.n / 10) %% 2",
            (there + 1, total),
        )
        cursor.execute("vacuum analyze orders")


def _column(house: House, statement: str) -> list[Any]:
    with house.database("orders").cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


# ---------------------------------------------------------------------------------------------- backlog


def _event(house: House, order_id: str, id: uuid.UUID) -> bytes:
    """The event of a submitted order as the relay publishes it, about another order of the same content."""
    data = house.value(
        "orders",
        "select data::text from journal where aggregate_id = %s and name = 'order-submitted'",
        order_id,
    )
    head = {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/counterpart/orders",
        "type": _event_type(house), "subject": str(id), "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json", "aggregate": "order", "sequence": "1",
        "correlationid": "bench", "participants": "",
    }  # fmt: skip
    body = f'{json.dumps(head)[:-1]},"data":{data.replace(order_id, str(id))}}}'
    return body.encode()


def _event_type(house: House) -> str:
    version = house.value("orders", "select max(version) from journal where name = 'order-submitted'")
    return f"counterpart.orders.order-submitted.v{version}"


def backlog(house: House, size: Size) -> Result:
    """A backlog of order events drained into invoicing's replica, and by a stock nameko handler."""
    buyer = house.world.buyers[0][0]
    order_id = str(buyer.caller.post("/orders", house.world.order(0))["id"])
    house.quiet()
    bodies = [_event(house, order_id, uuid.uuid4()) for _ in range(size.backlog)]
    supervisor = house.stack.supervisor
    supervisor.stop("invoicing")
    house.stack.start_processes()
    supervisor.wait_ready("invoicing", timeout=120)
    start_up = house.processes.cpu()["invoicing"]
    supervisor.stop("invoicing")
    raw.fill(house, "invoicing.order-submitted", bodies, "application/cloudevents+json")
    queue = "invoicing.order-submitted"
    there = house.value("invoicing", "select count(*) from inbox where queue = %s", queue)
    mark = house.value("invoicing", "select now()")
    before = house.processes.cpu()
    house.stack.start_processes()
    counted = "select count(*) from inbox where queue = %s"
    await_(lambda: house.value("invoicing", counted, queue) >= there + len(bodies), "The backlog stays.")
    cpu = spent({**before, "invoicing": start_up}, house.processes.cpu())
    supervisor.wait_ready(timeout=120)
    seconds = house.value(
        "invoicing",
        "select extract(epoch from max(received_at) - min(received_at)) from inbox"
        " where queue = %s and received_at >= %s",
        queue, mark,
    )  # fmt: skip
    drained = Round(len(bodies), float(seconds), [], {kind: cpu[kind] for kind in _DRAINING})
    _forget(house, bodies)
    compared = _stock(house, bodies[: size.stock_backlog])
    ours, theirs = sum(drained.cpu_each.values()), sum(compared.cpu_each.values())
    figures = [
        Figure("events, ours", drained.rate, "/s", ">= 3000"),
        Figure("events, stock nameko handler", compared.rate, "/s"),
        Figure("ours to stock nameko: events", drained.rate / compared.rate, "x", ">= 5"),
        Figure("CPU of one event, ours", ours, "ms"),
        Figure("CPU of one event, stock nameko", theirs, "ms"),
        Figure("stock nameko to ours: CPU", theirs / ours, "x"),
    ]
    return Result("backlog", backlog.__doc__ or "", figures, drained.cpu_each)


def _forget(house: House, bodies: list[bytes]) -> None:
    """Leave no trace of events that no journal holds: whoever waits for quiet compares the two."""
    ids = [json.loads(body)["id"] for body in bodies]
    with house.database("invoicing").cursor() as cursor:
        cursor.execute("delete from inbox where event_id = any(%s::uuid[])", (ids,))


# What nameko calls the queue of `stock`; that module is not imported, because it patches the process it is in.
_STOCK_QUEUE = "evt-orders-order-submitted--stock.remember"
_DRAINING = ("invoicing", "postgresql", "rabbitmq")


def _stock(house: House, bodies: list[bytes]) -> Round:
    with house.database("invoicing").cursor() as cursor:
        cursor.execute("drop schema if exists plain cascade; create schema plain")
        for table in ("inbox", "orders"):
            cursor.execute(f"create table plain.{table} (like public.{table} including all)")
        cursor.execute(
            "grant usage on schema plain to public; grant all on all tables in schema plain to public"
        )
    command = [sys.executable, "-m", "deploy.local.benching.stock", house.stack.broker.url, _libpq_url(house)]

    def started() -> subprocess.Popen[str]:
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise Problem("The stock nameko service could not be started.")
        return process

    # Once to make its queue, then with the backlog in it.
    process = started()
    try:
        await_(lambda: raw.exists(house, _STOCK_QUEUE), "The stock nameko service does not make its queue.")
    finally:
        process.kill()
        process.wait()
    raw.fill(house, _STOCK_QUEUE, bodies, "application/json")
    before = house.processes.cpu()
    process = started()
    try:
        await_(
            lambda: house.value("invoicing", "select count(*) from plain.inbox") >= len(bodies),
            "The stock nameko service does not drain its backlog.",
        )
        own = _cpu_of(process.pid)
    finally:
        process.kill()
        process.wait()
    cpu = spent(before, house.processes.cpu())
    seconds = house.value(
        "invoicing", "select extract(epoch from max(received_at) - min(received_at)) from plain.inbox"
    )
    counted = {"nameko": own, "postgresql": cpu["postgresql"], "rabbitmq": cpu["rabbitmq"]}
    return Round(len(bodies), float(seconds), [], counted)


def _libpq_url(house: House) -> str:
    return house.stack.postgres.owner_url("invoicing").replace("postgresql+psycopg2://", "postgresql://")


def _cpu_of(pid: int) -> float:
    import psutil

    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


# ------------------------------------------------------------------------------------------------- live


def live(house: House, size: Size) -> Result:
    """From submitting an order to its notice in the supplier's event stream."""
    seller, buyer = house.world.sellers[0][0], house.world.buyers[0][0]
    stream = _Stream(house.stack.gateway_port, seller.key)
    took: list[float] = []
    try:
        for _ in range(size.submissions):
            began = time.perf_counter()
            order = buyer.caller.post("/orders", house.world.order(0))
            took.append(stream.seen(str(order["id"])) - began)
    finally:
        stream.close()
    took.sort()
    figures = [
        Figure("half of them within", 1000 * took[len(took) // 2], "ms"),
        Figure("95 % of them within", 1000 * took[int(len(took) * 0.95)], "ms", "<= 250"),
    ]
    return Result("live", live.__doc__ or "", figures)


class _Stream:
    """A browser's event stream, read in a thread of its own; remembers when it saw which subject."""

    def __init__(self, port: int, key: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        head = f"GET /api/v1/live HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\n\r\n"
        self._socket.sendall(head.encode())
        self._seen: dict[str, float] = {}
        self._changed = threading.Condition()
        self._greeted = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._greeted.wait(30):
            raise Problem("The event stream does not begin.")

    def seen(self, subject: str) -> float:
        """When a notice about `subject` arrived; waits for it."""
        with self._changed:
            if not self._changed.wait_for(lambda: subject in self._seen, 30):
                raise Problem("A submitted order never showed in the event stream.")
            return self._seen[subject]

    def close(self) -> None:
        """End it; the reading thread sees the end of the stream."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        pending = b""
        while part := self._socket.recv(65_536):
            now = time.perf_counter()
            pending += part
            *lines, pending = pending.split(b"\n")
            with self._changed:
                for line in lines:
                    self._take(line.strip(), now)
                self._changed.notify_all()

    def _take(self, line: bytes, now: float) -> None:
        if line.startswith(b"event: hello"):
            self._greeted.set()
        if line.startswith(b"data: ") and b'"subject"' in line:
            self._seen.setdefault(json.loads(line[6:])["subject"], now)


# ----------------------------------------------------------------------------------------------- memory


def memory(house: House, size: Size) -> Result:
    """Resident memory of everything at rest (PSS: a page that n processes share counts 1/n in each)."""
    del size
    house.quiet()
    megabytes = {kind: each / 1_048_576 for kind, each in house.processes.memory().items()}
    figures = [Figure(kind, value, "MB") for kind, value in megabytes.items()]
    figures.append(Figure("in all", sum(megabytes.values()), "MB", "< 1024"))
    return Result("memory", memory.__doc__ or "", figures)


# -------------------------------------------------------------------------------------------- matching


def matching(house: House, size: Size) -> Result:
    """Matching a 10-line invoice in memory: under the agreed rate, and with every measure checked both ways."""
    del house
    rounds = 20 * size.submissions
    plain = min((cost_of_matching(rounds=rounds) for _ in range(size.rounds)), key=lambda cost: cost.ratio)
    full = min(
        (cost_of_matching(rounds=rounds // 10, every_measure=True) for _ in range(size.rounds)),
        key=lambda cost: cost.ratio,
    )
    figures = [
        Figure("CPU of a decision under the agreed rate", plain.decision, "ms", "<= 0.2"),
        Figure(f"  to {FIXED_LOOP:,} exact additions", plain.ratio, "x", f"<= {FIXED_LOOP_SHARE}"),
        Figure("CPU of a decision with every measure checked", full.decision, "ms"),
        Figure(f"  to {FIXED_LOOP:,} exact additions", full.ratio, "x"),
    ]
    return Result("matching", matching.__doc__ or "", figures)


# -------------------------------------------------------------------------------------------- accounts


def accounts(house: House, size: Size) -> Result:
    """A partner's balance and statements, in a small ledger and in a great one that is mostly other people's."""
    books = Books(house)
    rounds = 10 * size.rounds
    try:
        small = books.balance(books.few, rounds), books.statement(books.few, rounds)
        great = books.balance(books.many, rounds), books.statement(books.many, size.rounds)
        books.grow(size.many_entries)
        among_many = books.balance(books.few, rounds), books.statement(books.few, rounds)
    finally:
        books.close()
    figures = [
        Figure(f"balance of a partner with {FEW_LINES} lines", small[0], "ms", "<= 5"),
        Figure(f"statement of {FEW_LINES} lines", small[1], "ms", "<= 10", "Odoo 19: 22, Tryton 8.2: 66"),
        Figure(f"balance of a partner with {MANY_LINES:,} lines", great[0], "ms", "<= 5"),
        Figure(
            f"statement of {MANY_LINES:,} lines", great[1], "ms", "<= 300", "Odoo 19: 640, Tryton 8.2: 12,000"
        ),
        Figure(f"balance among {size.many_entries:,} entries", among_many[0], "ms"),
        Figure(f"statement among {size.many_entries:,} entries", among_many[1], "ms"),
        Figure("among many to among few: balance", among_many[0] / small[0], "x", "<= 1.3"),
        Figure("among many to among few: statement", among_many[1] / small[1], "x", "<= 1.3"),
    ]
    return Result("accounts", accounts.__doc__ or "", figures)


#: In the order they run: memory before anything has swollen, the great table last.
MEASURES: dict[str, Callable[[House, Size], Result]] = {
    "memory": memory, "matching": matching, "live": live, "orders": orders, "invoices": invoices,
    "backlog": backlog, "accounts": accounts, "lists": lists,
}  # fmt: skip
