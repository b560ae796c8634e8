"""The drill's checker: a clean run has no violation, and every single thing that can be wrong is found."""

import copy
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from deploy.local.drilling.calls import Who
from deploy.local.drilling.cast import Cast, Organisation, Partnership
from deploy.local.drilling.checker import INVOICE_STEPS, NOTICES, ORDER_STEPS, Case, Tally, check
from deploy.local.drilling.evidence import (
    Copy,
    Counted,
    EntryRow,
    Evidence,
    Fact,
    InvoiceRow,
    Letter,
    OrderRow,
    PaymentRow,
    digest_of,
)
from deploy.local.drilling.history import Deed
from services.contracts.actors import Actor, OrganisationKind, Role
from services.invoicing.domain.invoice import TRANSITIONS
from services.notifications.domain.circulation import NOTICES as PRODUCT_NOTICES
from services.orders.domain import MOVES

ORDER, INVOICE, PAYMENT = "o-1", "i-1", "p-1"


def an_organisation(kind: OrganisationKind, *people: str) -> Organisation:
    id = uuid.uuid4()
    acting = {
        name: Who(Actor(user_id=uuid.uuid4(), user_name=name, organisation_id=id, organisation_name=kind.value,
                        kind=kind, roles=frozenset({Role.INITIATOR})))
        for name in people
    }  # fmt: skip
    return Organisation(id, kind.value, kind, acting, (f"news@{kind.value}.example",))


def a_fact(service: str, name: str, aggregate: str, id: str, sequence: int, key: str, status: str) -> Fact:
    return Fact(
        service, sequence, f"{id}/{sequence}", name, aggregate, id, sequence, key, False, True,
        name in ("invoice-matched", "payment-registered"), None, None, status, f"digest {id} {sequence}",
    )  # fmt: skip


def a_clean_run() -> Case:
    """One order, billed beyond nothing, approved by itself, paid; and one hostile message."""
    customer = an_organisation(OrganisationKind.CUSTOMER, "buyer", "accountant", "admin")
    supplier = an_organisation(OrganisationKind.SUPPLIER, "seller")
    link = Partnership(uuid.uuid4(), customer, supplier, Decimal(5), "net")
    seller, buyer = (
        side.people[who].actor.user_id for side, who in ((supplier, "seller"), (customer, "buyer"))
    )
    facts = [
        a_fact("orders", "order-submitted", "order", ORDER, 1, "k-order", "submitted"),
        a_fact("orders", "order-confirmed", "order", ORDER, 2, "k-confirm", "confirmed"),
        a_fact("invoicing", "invoice-submitted", "invoice", INVOICE, 1, "k-invoice", "matching"),
        a_fact("invoicing", "invoice-matched", "invoice", INVOICE, 2, "k-invoice", "approved"),
        a_fact("invoicing", "invoice-approved", "invoice", INVOICE, 3, "k-invoice", "approved"),
        a_fact("invoicing", "payment-registered", "invoice", INVOICE, 4, "k-pay", "paid"),
        a_fact("invoicing", "invoice-paid", "invoice", INVOICE, 5, "k-pay", "paid"),
    ]
    subscriptions = [
        (who, fact.service, fact.name)
        for fact in facts
        if not fact.live_only
        for who in (("invoicing", "notifications") if fact.service == "orders" else ("notifications",))
    ]
    sides = {"customer_id": str(customer.id), "supplier_id": str(supplier.id)}
    evidence = Evidence(
        services=("invoicing", "notifications", "orders"),
        facts=facts,
        inbox={
            f"{subscriber}.{name}": [fact.event_id for fact in facts if fact.name == name]
            for subscriber, _, name in subscriptions
        },
        letters=[Letter("orders", "orders.partnership-changed", digest_of(b"hostile"), "undecodable")],
        orders=[
            OrderRow(id=ORDER, sequence=2, status="confirmed", initiator_id=str(buyer), net=Decimal(100),
                     tax=Decimal(20), gross=Decimal(120), lines_net=Decimal(100), shipped=Decimal(3),
                     issued=Decimal(3), **sides)
        ],
        invoices=[
            InvoiceRow(id=INVOICE, sequence=5, status="paid", order_id=ORDER, currency="EUR", net=Decimal(105),
                       tax=Decimal(21), gross=Decimal(126), paid=Decimal(126), approval="automatic",
                       lines_net=Decimal(105), **sides)
        ],
        payments=[PaymentRow(PAYMENT, INVOICE, Decimal(126), "EUR")],
        ledger=[
            EntryRow("approval", INVOICE, INVOICE, "receivable", Decimal(126), "EUR"),
            EntryRow("approval", INVOICE, INVOICE, "revenue", Decimal(-105), "EUR"),
            EntryRow("approval", INVOICE, INVOICE, "tax", Decimal(-21), "EUR"),
            EntryRow("payment", PAYMENT, INVOICE, "money", Decimal(126), "EUR"),
            EntryRow("payment", PAYMENT, INVOICE, "receivable", Decimal(-126), "EUR"),
        ],
        copies={
            "invoicing.orders": [Copy(ORDER, 2, f"digest {ORDER} 2")],
            "notifications.documents": [Copy(ORDER, 2, "confirmed"), Copy(INVOICE, 5, "paid")],
        },
        counted=[Counted(ORDER, Decimal(105), Decimal(126))],
        mails=[
            (f"{ORDER}/1", supplier.emails[0]), (f"{ORDER}/2", "buyer@people.example"),
            (f"{INVOICE}/3", supplier.emails[0]), (f"{INVOICE}/5", supplier.emails[0]),
        ],
        feed=[
            (f"{ORDER}/1", str(seller)), (f"{ORDER}/2", str(buyer)), (f"{INVOICE}/1", str(buyer)),
            (f"{INVOICE}/3", str(seller)), (f"{INVOICE}/3", str(buyer)), (f"{INVOICE}/5", str(seller)),
        ],
        restarts={"orders": 1, "relay": 0},
    )  # fmt: skip
    deeds = [
        a_deed("k-order", "DraftOrder", "orders", "order-submitted", None, document=ORDER, attempts=2,
               was_unknown=True),
        a_deed("k-confirm", "ConfirmOrder", "orders", "order-confirmed", ORDER, document=ORDER),
        a_deed("k-invoice", "SendInvoice", "invoicing", "invoice-submitted", None, document=INVOICE),
        a_deed("k-pay", "RegisterPayment", "invoicing", "payment-registered", INVOICE, document=INVOICE,
               amounts={"amount": "126"}),
        a_deed("k-again", "RegisterPayment", "invoicing", "payment-registered", INVOICE, outcome="fail",
               amounts={"amount": "126"}),
    ]  # fmt: skip
    return Case(
        evidence,
        deeds,
        [],
        Cast([link]),
        subscriptions,
        [("orders.partnership-changed", b"hostile")],
        {"orders": 1},
    )


def a_deed(key: str, what: str, service: str, fact: str, target: str | None, **more: object) -> Deed:
    told: dict[str, object] = {"outcome": "ok", "attempts": 1, **more}
    return Deed(key, what, service, fact, "an organisation", target, **told)  # type: ignore[arg-type]


def test_a_clean_run_has_no_violation_and_is_counted() -> None:
    finding = check(a_clean_run())

    assert finding.violations == []
    assert finding.tally == Tally(attempts=6, acknowledged=4, failed=1, recovered=1)


Damage = Callable[[Evidence], None]


def changed(name: str, **to: object) -> Damage:
    """The first row of that kind is another."""

    def damage(evidence: Evidence) -> None:
        rows = getattr(evidence, name)
        rows[0] = replace(rows[0], **to)

    return damage


def without(name: str, place: int = 0) -> Damage:
    def damage(evidence: Evidence) -> None:
        del getattr(evidence, name)[place]

    return damage


def twice(name: str, place: int = 0) -> Damage:
    def damage(evidence: Evidence) -> None:
        rows = getattr(evidence, name)
        rows.append(rows[place])

    return damage


def put(name: str, value: object) -> Damage:
    return lambda evidence: setattr(evidence, name, value)


def noted(queue: str, *ids: str) -> Damage:
    return lambda evidence: evidence.inbox.__setitem__(queue, list(ids))


def fact_changed(place: int, **to: object) -> Damage:
    def damage(evidence: Evidence) -> None:
        evidence.facts[place] = replace(evidence.facts[place], **to)

    return damage


@pytest.mark.parametrize(
    ("damage", "invariant", "words"),
    [
        (without("facts", 1), "I1", "acknowledged and lost"),
        (twice("facts", 1), "I1", "done more than once"),
        (fact_changed(5, correlation_id="k-again"), "I1", "refused and done all the same"),
        (fact_changed(1, aggregate_id="o-2"), "I1", "acknowledged and lost"),
        (fact_changed(1, correlation_id="nobody's"), "I1", "facts that nobody asked for"),
        (changed("ledger", amount=Decimal(127)), "I2", "the ledger is not at zero"),
        (without("ledger"), "I2", "entries that are missing"),
        (twice("ledger"), "I2", "entries that should not be"),
        (changed("ledger", invoice_id="i-2"), "I2", "what is owed differs"),
        (put("posting_can_be_repeated", True), "I2", "a second time"),
        (changed("invoices", paid=Decimal(1)), "I2", "payments differ from what was acknowledged"),
        (fact_changed(0, published=False), "I3", "not published"),
        (noted("invoicing.order-confirmed"), "I3", "events that never arrived"),
        (noted("invoicing.order-confirmed", f"{ORDER}/2", "another"), "I3", "events from nowhere"),
        (noted("invoicing.no-such-event", "x"), "I3", "is no subscription"),
        (fact_changed(1, sequence=3), "I4", "histories with gaps"),
        (fact_changed(1, status="closed"), "I4", "steps that are not allowed"),
        (changed("orders", sequence=3), "I4", "documents beside their history"),
        (without("orders"), "I4", "histories without a document"),
        (changed("invoices", net=Decimal("105.01")), "I4", "beyond the tolerance"),
        (twice("payments"), "I4", "payments and status differ"),
        (changed("invoices", status="approved"), "I4", "payments and status differ"),
        (changed("orders", lines_net=Decimal(99)), "I5", "sums that differ"),
        (changed("orders", issued=Decimal(2)), "I5", "goods issues 2"),
        (changed("invoices", lines_net=Decimal(99)), "I5", "sums that differ"),
        (changed("counted", net=Decimal(210)), "I5", "approvals miscounted"),
        (put("copies", {"invoicing.orders": [Copy(ORDER, 1, "")]}), "I6", "2 is the latest"),
        (put("copies", {"invoicing.orders": [Copy(ORDER, 2, "")]}), "I6", "other content"),
        (put("copies", {"invoicing.orders": []}), "I6", "lacks o-1"),
        (put("copies", {"notifications.documents": [Copy(ORDER, 2, "refused")]}), "I6", "it is confirmed"),
        (put("moving", ["3 messages wait"]), "I7", "not at rest"),
        (put("letters", [Letter("orders", "orders.x", "other", "why")]), "I7", "dead letters of good messages"),
        (put("letters", []), "I7", "hostile messages that vanished"),
        (put("restarts", {"orders": 2}), "I7", "died by themselves"),
        (put("not_ready", ["relay: why"]), "I7", "not ready"),
        (put("strangers_rows", {"orders.orders": 1}), "tenant", "shows to strangers"),
        (without("feed"), "notices", "feed items that are missing"),
        (twice("feed"), "notices", "feed items too many"),
        (without("mails"), "notices", "mails that are missing"),
        (twice("mails"), "notices", "mails too many"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(damage: Damage, invariant: str, words: str) -> None:
    case = a_clean_run()
    evidence = copy.deepcopy(case.evidence)
    damage(evidence)

    found = check(replace(case, evidence=evidence)).violations

    assert any(each.invariant == invariant and words in each.detail for each in found), found


@pytest.mark.parametrize(
    ("oddity", "invariant"),
    [("tenant scope: GetOrder showed o-1", "tenant"), ("SubmitOrder met a defect", "I1")],
)
def test_what_clients_noticed_is_told(oddity: str, invariant: str) -> None:
    found = check(replace(a_clean_run(), oddities=[oddity])).violations

    assert [(each.invariant, oddity in each.detail) for each in found] == [(invariant, True)]


def test_an_unknown_command_may_have_an_effect_or_none() -> None:
    case = a_clean_run()
    unknown = a_deed("k-lost", "CloseOrder", "orders", "order-closed", ORDER, outcome="unknown")

    finding = check(replace(case, deeds=[*case.deeds, unknown]))

    assert finding.violations == []
    assert finding.tally.unknown == 1


def test_the_checkers_own_rules_know_every_step_of_the_product() -> None:
    order_ends = {status for ends in ORDER_STEPS.values() for status in ends}
    invoice_ends = {status for ends in INVOICE_STEPS.values() for status in ends}

    assert {target.value for _, target in MOVES.values()} <= order_ends
    assert {target.value for target in TRANSITIONS.values()} <= invoice_ends
    assert set(NOTICES) <= set(PRODUCT_NOTICES)
