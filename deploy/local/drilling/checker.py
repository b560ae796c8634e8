"""What is wrong with the evidence: the invariants I1 to I7, each a small function.

They know the rules of the business by themselves and ask nothing of the product's code, so that one mistake
cannot be made twice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from deploy.local.drilling.cast import Cast
from deploy.local.drilling.evidence import Evidence, Fact, InvoiceRow, digest_of
from deploy.local.drilling.history import Deed

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold, and the sentence that says where."""

    invariant: str
    detail: str


@dataclass
class Tally:
    """What became of the commands, in Jepsen's words."""

    attempts: int = 0
    acknowledged: int = 0
    failed: int = 0
    unknown: int = 0
    lost: int = 0
    duplicated: int = 0
    recovered: int = 0
    unexpected: int = 0


@dataclass(frozen=True)
class Case:
    """All that is known of a run."""

    evidence: Evidence
    deeds: Collection[Deed]
    oddities: Collection[str]
    cast: Cast
    subscriptions: Collection[tuple[str, str, str]]
    """(subscriber, publisher, event name)."""
    seeded: Collection[tuple[str, bytes]] = ()
    """Hostile messages that must have become dead letters."""
    killed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """The checker's word."""

    tally: Tally
    violations: list[Violation]


def check(case: Case) -> Finding:
    """Ask every invariant."""
    tally, violations = commands_have_one_effect(case)
    for invariant in INVARIANTS:
        violations += invariant(case)
    return Finding(tally, violations)


def _told(invariant: str, what: str, where: Iterable[str]) -> list[Violation]:
    """One violation for all places of one kind, with the first few of them."""
    places = list(where)
    if not places:
        return []
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return [Violation(invariant, f"{what}: {'; '.join(places[:SHOWN])}{more}")]


# --------------------------------------------------------------------------------------------- I1 commands


def commands_have_one_effect(case: Case) -> tuple[Tally, list[Violation]]:
    """I1: what was acknowledged has one effect, what was refused none, the rest none or one."""
    effects: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in case.evidence.facts:
        if not fact.caused:
            effects[fact.service, fact.correlation_id, fact.name].append(fact)
    tally = Tally()
    lost, duplicated, unexpected, elsewhere = [], [], [], []
    for deed in case.deeds:
        found = [
            fact
            for fact in effects.get((deed.service, deed.key, deed.fact), ())
            if deed.target is None or fact.aggregate_id == deed.target
        ]
        tally.attempts += deed.attempts
        sentence = f"{deed.what} {deed.key} has {len(found)} effects"
        match deed.outcome:
            case "ok":
                tally.acknowledged += 1
                tally.recovered += deed.was_unknown and len(found) == 1
                if not found:
                    lost.append(sentence)
                if found and not _is_of(deed, found[0]):
                    elsewhere.append(f"{deed.what} {deed.key} was answered with another document")
            case "fail":
                tally.failed += 1
                if found:
                    unexpected.append(sentence)
            case _:
                tally.unknown += 1
        if len(found) > 1:
            duplicated.append(sentence)
    tally.lost, tally.duplicated, tally.unexpected = len(lost), len(duplicated), len(unexpected)
    return tally, [
        *_told("I1", "acknowledged and lost", lost),
        *_told("I1", "done more than once", duplicated),
        *_told("I1", "refused and done all the same", unexpected),
        *_told("I1", "the answer does not fit the effect", elsewhere),
    ]


def _is_of(deed: Deed, fact: Fact) -> bool:
    """Whether the answer speaks of the document that was changed (a goods movement speaks of itself)."""
    return (
        deed.document is None
        or deed.what in ("IssueGoods", "ReceiveGoods")
        or deed.document == fact.aggregate_id
    )


def answers_are_in_order(case: Case) -> list[Violation]:
    """I1: nobody met a defect, was refused without a reason, or was shown what is not theirs."""
    leaks = [oddity for oddity in case.oddities if oddity.startswith("tenant scope")]
    others = [oddity for oddity in case.oddities if not oddity.startswith("tenant scope")]
    return [
        *_told("I1", "answers that no fault excuses", others),
        *_told("tenant", "seen by strangers", leaks),
    ]


def nothing_happened_by_itself(case: Case) -> list[Violation]:
    """I1: every fact of an order or invoice follows from a command that somebody gave."""
    known = {deed.key for deed in case.deeds}
    strange = [
        f"{fact.name} of {fact.aggregate} {fact.aggregate_id}"
        for fact in case.evidence.facts
        if fact.service in ("orders", "invoicing") and not fact.caused and fact.correlation_id not in known
    ]
    return _told("I1", "facts that nobody asked for", strange)


# ------------------------------------------------------------------------------------------------ I2 money


def the_ledger_balances(case: Case) -> list[Violation]:
    """I2: the sum of all entries is zero, in every currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in case.evidence.ledger:
        sums[entry.currency] += entry.amount
    return _told(
        "I2", "the ledger is not at zero", (f"{total} {name}" for name, total in sums.items() if total)
    )


def every_document_has_its_entries(case: Case) -> list[Violation]:
    """I2: exactly the expected entries for each approval and each payment, and no others."""
    expected: Counter[tuple[str, str, str, Decimal]] = Counter()
    for invoice in case.evidence.invoices:
        if invoice.approval is not None:
            for account, amount in (
                ("receivable", invoice.gross), ("revenue", -invoice.net), ("tax", -invoice.tax),
            ):  # fmt: skip
                expected["approval", invoice.id, account, amount] += amount != 0
    for payment in case.evidence.payments:
        expected["payment", payment.id, "money", payment.amount] += 1
        expected["payment", payment.id, "receivable", -payment.amount] += 1
    found = Counter(
        (entry.source_type, entry.source_id, entry.account, entry.amount) for entry in case.evidence.ledger
    )
    return [
        *_told("I2", "entries that are missing", map(str, expected - found)),
        *_told("I2", "entries that should not be", map(str, found - expected)),
    ]


def receivables_are_what_is_open(case: Case) -> list[Violation]:
    """I2, I5: what is owed by the ledger is what is approved and not paid by the documents."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for entry in case.evidence.ledger:
        if entry.account == "receivable":
            owed[entry.invoice_id] += entry.amount
    wrong = []
    for invoice in case.evidence.invoices:
        due = invoice.gross - invoice.paid if invoice.approval is not None else Decimal(0)
        if owed.get(invoice.id, Decimal(0)) != due:
            wrong.append(f"invoice {invoice.id}: ledger {owed.get(invoice.id)}, document {due}")
    return _told("I2", "what is owed differs", wrong)


def a_posting_cannot_be_repeated(case: Case) -> list[Violation]:
    """I2: the ledger itself refuses a second posting of the same source."""
    if not case.evidence.posting_can_be_repeated:
        return []
    return [Violation("I2", "the ledger took the entries of one source a second time")]


def acknowledged_payments_are_there(case: Case) -> list[Violation]:
    """I2: the payments of an invoice are those that were acknowledged, to the cent."""
    told: dict[str, Decimal] = defaultdict(Decimal)
    unsure = set()
    for deed in case.deeds:
        if deed.fact == "payment-registered" and deed.target is not None:
            if deed.outcome == "ok":
                told[deed.target] += Decimal(deed.amounts["amount"])
            elif deed.outcome == "unknown":
                unsure.add(deed.target)
    wrong = [
        f"invoice {invoice.id}: told {told.get(invoice.id, 0)}, paid {invoice.paid}"
        for invoice in case.evidence.invoices
        if invoice.id not in unsure and told.get(invoice.id, Decimal(0)) != invoice.paid
    ]
    return _told("I2", "payments differ from what was acknowledged", wrong)


# ----------------------------------------------------------------------------------------------- I3 journal


def everything_is_published(case: Case) -> list[Violation]:
    """I3: the journal holds nothing back."""
    counts = Counter(fact.service for fact in case.evidence.facts if not fact.published)
    return _told("I3", "not published", (f"{count} events of {name}" for name, count in counts.items()))


def every_subscriber_got_every_event(case: Case) -> list[Violation]:
    """I3: for each event and each of its subscribers one inbox row, and none besides."""
    announced: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in case.evidence.facts:
        if not fact.live_only:
            announced[fact.service, fact.name].add(fact.event_id)
    missing, extra = [], []
    expected_queues = set()
    for subscriber, publisher, name in case.subscriptions:
        queue = f"{subscriber}.{name}"
        expected_queues.add(queue)
        noted = case.evidence.inbox.get(queue, [])
        wanted = announced.get((publisher, name), set())
        missing += [f"{queue} lacks {event_id}" for event_id in sorted(wanted - set(noted))]
        extra += [f"{queue} knows {event_id}" for event_id in sorted(set(noted) - wanted)]
        extra += [f"{queue} has {id} twice" for id, count in Counter(noted).items() if count > 1]
    extra += [f"{queue} is no subscription" for queue in case.evidence.inbox.keys() - expected_queues]
    return [*_told("I3", "events that never arrived", missing), *_told("I3", "events from nowhere", extra)]


# ------------------------------------------------------------------------------------------------ I4 states

#: (status before, fact) → statuses after. None: there was no document.
ORDER_STEPS: dict[tuple[str | None, str], tuple[str, ...]] = {
    (None, "order-drafted"): ("draft",),
    (None, "order-submitted"): ("submitted",),
    ("draft", "order-draft-changed"): ("draft",),
    ("draft", "order-draft-deleted"): ("draft",),
    ("draft", "order-submitted"): ("submitted",),
    ("submitted", "order-revised"): ("submitted",),
    ("submitted", "order-confirmed"): ("confirmed",),
    ("submitted", "order-refused"): ("refused",),
    ("submitted", "order-cancelled"): ("cancelled",),
    ("confirmed", "order-revised"): ("submitted",),
    ("confirmed", "order-started"): ("in-progress",),
    ("confirmed", "order-cancelled"): ("cancelled",),
    ("confirmed", "order-closed"): ("closed",),
    ("confirmed", "goods-issued"): ("in-progress",),
    ("confirmed", "goods-received"): ("in-progress",),
    ("in-progress", "goods-issued"): ("in-progress",),
    ("in-progress", "goods-received"): ("in-progress",),
    ("in-progress", "order-closed"): ("closed",),
    ("closed", "goods-received"): ("closed",),
    **{
        (status, f"delivery-date-{done}"): (status,)
        for status in ("submitted", "confirmed", "in-progress")
        for done in ("proposed", "declined", "changed")
    },
}
INVOICE_STEPS: dict[tuple[str | None, str], tuple[str, ...]] = {
    (None, "invoice-drafted"): ("draft",),
    (None, "invoice-submitted"): ("matching",),
    ("draft", "invoice-draft-changed"): ("draft",),
    ("draft", "invoice-draft-deleted"): ("draft",),
    ("draft", "invoice-submitted"): ("matching",),
    ("matching", "invoice-matched"): ("matching", "pending", "approved"),
    ("matching", "invoice-cancelled"): ("canceled",),
    ("pending", "approval-requested"): ("pending",),
    ("pending", "invoice-approved"): ("approved",),
    ("pending", "invoice-rejected"): ("rejected",),
    ("pending", "invoice-returned-for-rework"): ("draft",),
    ("pending", "invoice-cancelled"): ("canceled",),
    ("approved", "invoice-approved"): ("approved",),
    ("approved", "invoice-changed"): ("approved",),
    ("approved", "payment-registered"): ("partly-paid", "paid"),
    ("partly-paid", "invoice-changed"): ("partly-paid",),
    ("partly-paid", "payment-registered"): ("partly-paid", "paid"),
    ("partly-paid", "invoice-partly-paid"): ("partly-paid",),
    ("paid", "invoice-paid"): ("paid",),
}
_STEPS = {"order": ORDER_STEPS, "invoice": INVOICE_STEPS}


def _histories(case: Case) -> dict[tuple[str, str], list[Fact]]:
    """(kind, id) → the facts of a document in their order."""
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in case.evidence.facts:
        if fact.aggregate in _STEPS:
            found[fact.aggregate, fact.aggregate_id].append(fact)
    for history in found.values():
        history.sort(key=lambda fact: fact.sequence)
    return found


def histories_are_paths(case: Case) -> list[Violation]:
    """I4: every document went only from status to status as its rules allow, without a gap."""
    gaps, leaps = [], []
    for (kind, id), history in _histories(case).items():
        if [fact.sequence for fact in history] != list(range(1, len(history) + 1)):
            gaps.append(f"{kind} {id}: {[fact.sequence for fact in history]}")
        status: str | None = None
        for fact in history:
            if fact.status not in _STEPS[kind].get((status, fact.name), ()):
                leaps.append(f"{kind} {id}: {status} → {fact.name} → {fact.status}")
            status = fact.status
    return [
        *_told("I4", "histories with gaps or doubles", gaps),
        *_told("I4", "steps that are not allowed", leaps),
    ]


def documents_are_where_their_history_ends(case: Case) -> list[Violation]:
    """I4: the row of a document and the last fact of its history are one."""
    last = {key: history[-1] for key, history in _histories(case).items()}
    rows = [("order", row.id, row.sequence, row.status) for row in case.evidence.orders]
    rows += [("invoice", row.id, row.sequence, row.status) for row in case.evidence.invoices]
    wrong = []
    for kind, id, sequence, status in rows:
        fact = last.pop((kind, id), None)
        if fact is None or (fact.sequence, fact.status) != (sequence, status):
            told = "no history" if fact is None else f"history ends with {fact.sequence} {fact.status}"
            wrong.append(f"{kind} {id} is at {sequence} {status}, {told}")
    gone = [f"{kind} {id}" for (kind, id), fact in last.items() if not fact.name.endswith("-deleted")]
    return [
        *_told("I4", "documents beside their history", wrong),
        *_told("I4", "histories without a document", gone),
    ]


def nothing_was_approved_beyond_tolerance(case: Case) -> list[Violation]:
    """I4: what was approved by itself never exceeds the order plus tolerance, together with what was before."""
    terms = {
        (str(link.customer.id), str(link.supplier.id)): (link.tolerance_rate, link.tolerance_base)
        for link in case.cast.partnerships
    }
    orders = {order.id: order for order in case.evidence.orders}
    invoices = {invoice.id: invoice for invoice in case.evidence.invoices}
    approved: dict[str, Decimal] = defaultdict(Decimal)
    beyond = []
    for fact in case.evidence.facts_of("invoicing"):
        if fact.name != "invoice-approved" or fact.aggregate_id not in invoices:
            continue
        invoice = invoices[fact.aggregate_id]
        order = orders.get(invoice.order_id)
        if order is None:
            beyond.append(f"invoice {invoice.id} bills an order that does not exist")
            continue
        rate, base = terms[invoice.customer_id, invoice.supplier_id]
        approved[order.id] += getattr(invoice, base)
        limit = getattr(order, base) * (1 + rate / 100)
        if invoice.approval == "automatic" and approved[order.id] > limit:
            beyond.append(f"order {order.id}: {approved[order.id]} approved, {limit} is the limit")
    return _told("I4", "approved by itself beyond the tolerance", beyond)


def paid_means_paid(case: Case) -> list[Violation]:
    """I4: the paid sum is the sum of the payments, and the statuses say so."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for payment in case.evidence.payments:
        sums[payment.invoice_id] += payment.amount
    wrong = []
    for invoice in case.evidence.invoices:
        paid = sums.get(invoice.id, Decimal(0))
        if paid != invoice.paid or not _payment_fits(invoice):
            sums_told = f"{invoice.paid} of {invoice.gross}, payments {paid}"
            wrong.append(f"invoice {invoice.id} is {invoice.status}: {sums_told}")
    return _told("I4", "payments and status differ", wrong)


def _payment_fits(invoice: InvoiceRow) -> bool:
    if invoice.status == "paid":
        return invoice.paid == invoice.gross
    if invoice.status == "partly-paid":
        return 0 < invoice.paid < invoice.gross
    return invoice.paid == 0


# ------------------------------------------------------------------------------------------------- I5 sums


def sums_are_recomputed(case: Case) -> list[Violation]:
    """I5: what is stored as a sum is the sum of its parts."""
    wrong = []
    for order in case.evidence.orders:
        if order.net != order.lines_net or order.gross != order.net + order.tax:
            wrong.append(f"order {order.id}: lines {order.lines_net}, net {order.net}, gross {order.gross}")
        if order.shipped != order.issued:
            wrong.append(f"order {order.id}: shipped {order.shipped}, goods issues {order.issued}")
    wrong += [
        f"invoice {invoice.id}: lines {invoice.lines_net}, net {invoice.net}"
        for invoice in case.evidence.invoices
        if invoice.net != invoice.lines_net or invoice.gross != invoice.net + invoice.tax
    ]
    return _told("I5", "sums that differ from their parts", wrong)


def approvals_are_counted(case: Case) -> list[Violation]:
    """I5: what is counted as approved on an order is the sum of its approved invoices."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    gross: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in case.evidence.invoices:
        if invoice.approval is not None:
            net[invoice.order_id] += invoice.net
            gross[invoice.order_id] += invoice.gross
    wrong = [
        f"order {counted.order_id}: {counted.net} counted, {net.get(counted.order_id, 0)} approved"
        for counted in case.evidence.counted
        if (counted.net, counted.gross) != (net.get(counted.order_id, 0), gross.get(counted.order_id, 0))
    ]
    return _told("I5", "approvals miscounted", wrong)


# ------------------------------------------------------------------------------------------------ I6 copies

#: Copy → (owner, kind of thing). A copy holds every thing of which an event it subscribes to was announced.
_OWNERS = {
    "invoicing.orders": ("orders", "order"),
    "invoicing.partnerships": ("accounts", "partnership"),
    "orders.partnerships": ("accounts", "partnership"),
    "notifications.partnerships": ("accounts", "partnership"),
    "notifications.organisations": ("accounts", "organisation"),
    "notifications.people": ("accounts", "user"),
}
#: What feeds a copy, where not everything its service hears of that kind does.
_FEEDS = {
    "partnership": ("partnership-changed",),
    "organisation": ("organisation-registered", "organisation-changed"),
    "user": ("contact-changed",),
}


def copies_are_the_latest(case: Case) -> list[Violation]:
    """I6: what a subscriber remembers is what its owner has announced last."""
    wrong = []
    for copy, (owner, kind) in _OWNERS.items():
        if copy in case.evidence.copies and owner in case.evidence.services:
            latest = _latest(case, copy.split(".")[0], owner, kind)
            wrong += _differences(case, copy, latest, with_digest=copy == "invoicing.orders")
    if "notifications.documents" in case.evidence.copies:
        latest = _latest(case, "notifications", "orders", "order")
        latest |= _latest(case, "notifications", "invoicing", "invoice")
        wrong += _differences(case, "notifications.documents", latest, with_digest=False)
        wrong += _document_statuses(case, latest)
    return _told("I6", "copies that differ from their owner", wrong)


def _latest(case: Case, subscriber: str, publisher: str, kind: str) -> dict[str, Fact]:
    """The last fact of each thing that the subscriber was to hear."""
    heard = {
        name for who, from_whom, name in case.subscriptions if (who, from_whom) == (subscriber, publisher)
    }
    heard &= set(_FEEDS.get(kind, heard))
    latest: dict[str, Fact] = {}
    for fact in case.evidence.facts_of(publisher):
        if fact.aggregate == kind and fact.name in heard and not fact.live_only:
            known = latest.get(fact.aggregate_id)
            if known is None or known.sequence < fact.sequence:
                latest[fact.aggregate_id] = fact
    return latest


def _differences(case: Case, copy: str, latest: Mapping[str, Fact], *, with_digest: bool) -> list[str]:
    remembered = {row.id: row for row in case.evidence.copies[copy]}
    wrong = [f"{copy} lacks {id}" for id in latest.keys() - remembered.keys()]
    wrong += [f"{copy} knows {id} from nowhere" for id in remembered.keys() - latest.keys()]
    for id in latest.keys() & remembered.keys():
        fact, row = latest[id], remembered[id]
        if row.sequence != fact.sequence:
            wrong.append(f"{copy} has {id} at {row.sequence}, {fact.sequence} is the latest")
        elif with_digest and row.digest != fact.digest:
            wrong.append(f"{copy} has other content for {id} at {row.sequence}")
    return wrong


def _document_statuses(case: Case, latest: Mapping[str, Fact]) -> list[str]:
    return [
        f"notifications.documents has {row.id} as {row.digest}, it is {latest[row.id].status}"
        for row in case.evidence.copies["notifications.documents"]
        if row.id in latest
        and not latest[row.id].name.endswith("-deleted")
        and row.digest != latest[row.id].status
    ]


# ---------------------------------------------------------------------------------------------- I7 leftovers


def nothing_is_left_over(case: Case) -> list[Violation]:
    """I7: everything came to rest; queues, delay queues and journals are empty, no queue is an orphan."""
    return _told("I7", "not at rest", case.evidence.moving)


def dead_letters_are_the_seeded_ones(case: Case) -> list[Violation]:
    """I7: every hostile message is a dead letter, and nothing else is."""
    seeded = {(queue, digest_of(body)) for queue, body in case.seeded}
    found = {(letter.queue, letter.body_digest): letter for letter in case.evidence.letters}
    good = [f"{found[place].queue}: {found[place].reason[:160]}" for place in found.keys() - seeded]
    gone = [f"{queue}: {digest[:12]}" for queue, digest in seeded - found.keys()]
    return [
        *_told("I7", "dead letters of good messages", good),
        *_told("I7", "hostile messages that vanished", gone),
    ]


def nobody_died_alone(case: Case) -> list[Violation]:
    """I7: no process ended but those that were killed, and all are ready."""
    own = [
        f"{name} was started {count} times again and killed {case.killed.get(name, 0)} times"
        for name, count in case.evidence.restarts.items()
        if count > case.killed.get(name, 0)
    ]
    return [*_told("I7", "died by themselves", own), *_told("I7", "not ready", case.evidence.not_ready)]


# ---------------------------------------------------------------------------------------- tenants, notices


def strangers_see_no_row(case: Case) -> list[Violation]:
    """An organisation without any business sees no row of anybody's, even past the queries."""
    seen = [f"{count} rows of {table}" for table, count in case.evidence.strangers_rows.items() if count]
    return _told("tenant", "rows that row-level security shows to strangers", seen)


#: Fact → (who finds it in the feed, who gets a mail). S the supplier's people or addresses, I the initiator.
NOTICES: dict[str, tuple[str, str]] = {
    "order-submitted": ("S", "S"),
    "order-revised": ("S", "S"),
    "order-cancelled": ("SI", "S"),
    "order-closed": ("SI", ""),
    "delivery-date-changed": ("S", "S"),
    "delivery-date-declined": ("S", "S"),
    "goods-received": ("SI", ""),
    "order-confirmed": ("I", "I"),
    "order-refused": ("I", "I"),
    "order-started": ("I", ""),
    "delivery-date-proposed": ("I", "I"),
    "goods-issued": ("I", "I"),
    "invoice-submitted": ("I", ""),
    "approval-requested": ("SI", "SI"),
    "invoice-approved": ("SI", "S"),
    "invoice-rejected": ("S", "S"),
    "invoice-returned-for-rework": ("S", "S"),
    "invoice-cancelled": ("I", "I"),
    "invoice-partly-paid": ("S", "S"),
    "invoice-paid": ("S", "S"),
}


def everybody_was_told_once(case: Case) -> list[Violation]:
    """One feed item for each event and person concerned, one mail for each event and address (S-057, S-231)."""
    if "notifications" not in case.evidence.services:
        return []
    feed, mails = _expected_notices(case)
    documents = {fact.event_id for fact in case.evidence.facts if fact.name in NOTICES}
    found_feed = Counter(row for row in case.evidence.feed if row[0] in documents)
    found_mails = Counter(row for row in case.evidence.mails if row[0] in documents)
    return [
        *_told("notices", "feed items that are missing", map(str, feed - found_feed)),
        *_told("notices", "feed items too many", map(str, found_feed - feed)),
        *_told("notices", "mails that are missing", map(str, mails - found_mails)),
        *_told("notices", "mails too many", map(str, found_mails - mails)),
    ]


def _expected_notices(case: Case) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    orders = {order.id: order for order in case.evidence.orders}
    invoices = {invoice.id: invoice for invoice in case.evidence.invoices}
    organisations = case.cast.organisations
    feed: Counter[tuple[str, str]] = Counter()
    mails: Counter[tuple[str, str]] = Counter()
    for fact in case.evidence.facts:
        if fact.name not in NOTICES or fact.service not in ("orders", "invoicing"):
            continue
        invoice = invoices.get(fact.aggregate_id)
        order = orders.get(invoice.order_id if invoice else fact.aggregate_id)
        if order is None:
            continue
        by_nobody = fact.name == "approval-requested" or (
            fact.name == "invoice-approved" and invoice is not None and invoice.approval == "automatic"
        )
        doer = None if by_nobody else fact.actor_user
        supplier = organisations[order.supplier_id]
        buyer = organisations[order.customer_id].people["buyer"].actor
        to_feed, to_mail = NOTICES[fact.name]
        people = [str(who.actor.user_id) for who in supplier.people.values()] if "S" in to_feed else []
        people += [str(buyer.user_id)] if "I" in to_feed else []
        feed.update((fact.event_id, person) for person in people if person != doer)
        if "S" in to_mail:
            mails.update((fact.event_id, email) for email in supplier.emails)
        if "I" in to_mail and str(buyer.user_id) != doer:
            mails[fact.event_id, f"{buyer.user_name}@people.example"] += 1
    return feed, mails


INVARIANTS: tuple[Callable[[Case], list[Violation]], ...] = (
    answers_are_in_order,
    nothing_happened_by_itself,
    the_ledger_balances,
    every_document_has_its_entries,
    receivables_are_what_is_open,
    a_posting_cannot_be_repeated,
    acknowledged_payments_are_there,
    everything_is_published,
    every_subscriber_got_every_event,
    histories_are_paths,
    documents_are_where_their_history_ends,
    nothing_was_approved_beyond_tolerance,
    paid_means_paid,
    sums_are_recomputed,
    approvals_are_counted,
    copies_are_the_latest,
    nothing_is_left_over,
    dead_letters_are_the_seeded_ones,
    nobody_died_alone,
    strangers_see_no_row,
    everybody_was_told_once,
)
