"""How tolerances, the ways of matching and the facts of items are read and written."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis import paging, wire
from services.chassis.database import Transaction
from services.chassis.errors import NotFound, NotHereYet
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import commands
from services.contracts.invoicing import tolerances as views
from services.contracts.invoicing.tolerances import MatchingWay
from services.contracts.invoicing.views import AmountBase
from services.contracts.parties import Party, Person
from services.invoicing.domain.choices import Item, OneOrderMatching, PartnerMatching
from services.invoicing.domain.order import Terms
from services.invoicing.domain.tolerance import ToleranceRule
from services.invoicing.tables import items, matching_choices, orders, partnerships, policies, tolerances

ITEMS = UUID("2f4a7a3e-64f2-5b0e-9c57-6d1d4b1f0a55")
"""Where the ids of items come from."""


class ToleranceStore:
    """Loads and saves tolerances; none is ever deleted."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> ToleranceRule | None:
        """The tolerance."""
        wanted = select(tolerances).where(tolerances.c.id == id, *_mine(tx, tolerances))
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _rule(row)

    def insert(self, tx: Transaction, rule: ToleranceRule) -> None:
        """Write a new tolerance."""
        tx.execute(tolerances.insert(), _row(rule))

    def update(self, tx: Transaction, rule: ToleranceRule, loaded_sequence: int) -> int:
        """Write how it was ended."""
        changed = update(tolerances).where(
            tolerances.c.id == rule.id, tolerances.c.sequence == loaded_sequence
        )
        return tx.execute(changed, _row(rule)).rowcount


def _mine(tx: Transaction, table: Any) -> list[Any]:
    """A customer's own; the operator may look at all. A supplier's transaction never asks here."""
    if tx.actor.kind is OrganisationKind.OPERATOR:
        return []
    return [table.c.customer_id == tx.actor.organisation_id]


def _row(rule: ToleranceRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "sequence": rule.sequence,
        "customer_id": rule.customer.id,
        "customer_name": rule.customer.name,
        "supplier_id": None if rule.supplier is None else rule.supplier.id,
        "supplier_name": None if rule.supplier is None else rule.supplier.name,
        "measure": rule.terms.measure.value,
        "terms": wire.encode(rule.terms),
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "version": rule.version,
        "set_by_id": rule.set_by.id,
        "set_by_name": rule.set_by.name,
        "set_at": rule.set_at,
        "ended_by_id": None if rule.ended_by is None else rule.ended_by.id,
        "ended_by_name": None if rule.ended_by is None else rule.ended_by.name,
        "ended_at": rule.ended_at,
    }


def _rule(row: Row[Any]) -> ToleranceRule:
    rule = ToleranceRule(
        id=row.id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=row.supplier_id and Party(id=row.supplier_id, name=row.supplier_name),
        terms=wire.decode(views.ToleranceTerms, row.terms),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        version=row.version,
        set_by=Person(id=row.set_by_id, name=row.set_by_name),
        set_at=row.set_at,
        ended_by=row.ended_by_id and Person(id=row.ended_by_id, name=row.ended_by_name),
        ended_at=row.ended_at,
    )
    rule.sequence = row.sequence
    return rule


def next_version(tx: Transaction) -> int:
    """The next version of the actor's policy; its row is locked, so changes come one after the other."""
    added = insert(policies).values(customer_id=tx.actor.organisation_id, version=1)
    counted = added.on_conflict_do_update(
        index_elements=["customer_id"], set_={"version": policies.c.version + 1}
    ).returning(policies.c.version)
    version: int = tx.execute(counted).scalar_one()
    return version


def supplier_of(tx: Transaction, supplier_id: UUID) -> Party:
    """A supplier the actor is linked with."""
    row = tx.execute(
        select(partnerships.c.supplier_name).where(
            partnerships.c.customer_id == tx.actor.organisation_id, partnerships.c.supplier_id == supplier_id
        )
    ).one_or_none()
    if row is None:
        raise NotHereYet(f"There is no supplier {supplier_id} here.")
    return Party(id=supplier_id, name=row.supplier_name)


def not_over_yet(tx: Transaction, rule: ToleranceRule) -> list[UUID]:
    """The other tolerances of the same customer, supplier and measure that have not ended before it begins."""
    supplier = None if rule.supplier is None else rule.supplier.id
    rows = tx.execute(
        select(tolerances.c.id)
        .where(
            tolerances.c.customer_id == rule.customer.id,
            tolerances.c.supplier_id.is_not_distinct_from(supplier),
            tolerances.c.measure == rule.terms.measure.value,
            or_(tolerances.c.valid_to.is_(None), tolerances.c.valid_to >= rule.valid_from),
        )
        .order_by(tolerances.c.id)
    )
    return list(rows.scalars())


def _holding(on: date) -> Any:
    return (tolerances.c.valid_from <= on) & or_(tolerances.c.valid_to.is_(None), tolerances.c.valid_to >= on)


def list_tolerances(tx: Transaction, question: commands.ListTolerances) -> views.TolerancePage:
    """A page of tolerances, the newest first."""
    wanted = select(tolerances).where(*_mine(tx, tolerances)).order_by(tolerances.c.id.desc())
    if question.supplier_id is not None:
        wanted = wanted.where(tolerances.c.supplier_id == question.supplier_id)
    if question.measure is not None:
        wanted = wanted.where(tolerances.c.measure == question.measure.value)
    if question.on is not None:
        wanted = wanted.where(_holding(question.on))
    if question.after is not None:
        [last] = paging.key_of(question.after, paging.identifier)
        wanted = wanted.where(tolerances.c.id < last)
    rows = list(tx.execute(wanted.limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id,))
    return views.TolerancePage(items=tuple(_rule(row).view() for row in shown), next=following)


# -------------------------------------------------------------------------------------- ways of matching


def _choice(tx: Transaction, id: UUID, *, lock: bool) -> Row[Any] | None:
    wanted = select(matching_choices).where(matching_choices.c.id == id)
    return tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()


def _keep_choice(tx: Transaction, loaded_sequence: int, row: dict[str, Any]) -> int:
    if loaded_sequence == 0:
        # It was as nobody had chosen yet; whoever else chooses first at the same instant wins.
        return tx.execute(insert(matching_choices).values(**row).on_conflict_do_nothing()).rowcount
    changed = update(matching_choices).where(
        matching_choices.c.id == row["id"], matching_choices.c.sequence == loaded_sequence
    )
    return tx.execute(changed, row).rowcount


class PartnerMatchingStore:
    """Loads and saves how a supplier's invoices are matched; what nobody has chosen is two-way."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> PartnerMatching | None:
        """The policy of a partnership."""
        link = tx.execute(
            select(partnerships).where(partnerships.c.id == id, *_mine(tx, partnerships))
        ).one_or_none()
        if link is None:
            return None
        chosen = _choice(tx, id, lock=lock)
        rows = tx.execute(_holding_for(link.customer_id, link.supplier_id, tx.at.date())).all()
        rules = [_rule(row) for row in rows]
        version = tx.execute(select(policies.c.version).where(policies.c.customer_id == link.customer_id))
        found = PartnerMatching(
            id=id,
            customer=Party(id=link.customer_id, name=link.customer_name),
            supplier=Party(id=link.supplier_id, name=link.supplier_name),
            terms=Terms(id, link.enabled, link.tolerance_rate, AmountBase(link.tolerance_base)),
            version=version.scalar() or 0,
            held=tuple(rule.view() for rule in rules),
            applied=tuple(rule.applied() for rule in rules),
            way=MatchingWay.TWO if chosen is None else MatchingWay(chosen.way),
            tells_limit=chosen is not None and chosen.tells_limit,
        )
        found.sequence = 0 if chosen is None else chosen.sequence
        return found

    def insert(self, tx: Transaction, choice: PartnerMatching) -> None:
        """There is one for every partnership already."""
        raise TypeError("a policy is chosen, never added")

    def update(self, tx: Transaction, choice: PartnerMatching, loaded_sequence: int) -> int:
        """Write the choice."""
        row = {
            "id": choice.id,
            "sequence": choice.sequence,
            "customer_id": choice.customer.id,
            "supplier_id": choice.supplier.id,
            "way": choice.way.value,
            "tells_limit": choice.tells_limit,
        }
        return _keep_choice(tx, loaded_sequence, row)


def _holding_for(customer_id: UUID, supplier_id: UUID, on: date) -> Select[Any]:
    return (
        select(tolerances)
        .where(
            tolerances.c.customer_id == customer_id,
            or_(tolerances.c.supplier_id.is_(None), tolerances.c.supplier_id == supplier_id),
            _holding(on),
        )
        .order_by(tolerances.c.version)
    )


class OrderMatchingStore:
    """Loads and saves how the invoices of one order are matched; what nobody has chosen is as for its supplier."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> OneOrderMatching | None:
        """The choice of an order."""
        wanted = (
            select(orders.c.customer_id, orders.c.document["customer"]["name"].astext.label("name"))
            .add_columns(partnerships.c.id.label("partnership_id"))
            .join(
                partnerships,
                (partnerships.c.customer_id == orders.c.customer_id)
                & (partnerships.c.supplier_id == orders.c.supplier_id),
            )
            .where(orders.c.id == id, *_mine(tx, orders))
        )
        order = tx.execute(wanted).one_or_none()
        if order is None:
            return None
        chosen, of_supplier = _choice(tx, id, lock=lock), _choice(tx, order.partnership_id, lock=False)
        found = OneOrderMatching(
            id=id,
            customer=Party(id=order.customer_id, name=order.name),
            of_supplier=MatchingWay.TWO if of_supplier is None else MatchingWay(of_supplier.way),
            way=None if chosen is None or chosen.way is None else MatchingWay(chosen.way),
        )
        found.sequence = 0 if chosen is None else chosen.sequence
        return found

    def insert(self, tx: Transaction, choice: OneOrderMatching) -> None:
        """There is one for every order already."""
        raise TypeError("the way of an order is chosen, never added")

    def update(self, tx: Transaction, choice: OneOrderMatching, loaded_sequence: int) -> int:
        """Write the choice."""
        supplier_id = tx.execute(select(orders.c.supplier_id).where(orders.c.id == choice.id)).scalar_one()
        row = {
            "id": choice.id,
            "sequence": choice.sequence,
            "customer_id": choice.customer.id,
            "supplier_id": supplier_id,
            "way": None if choice.way is None else choice.way.value,
            "tells_limit": None,
        }
        return _keep_choice(tx, loaded_sequence, row)


# --------------------------------------------------------------------------------------------------- items


class ItemStore:
    """Loads and saves what customers know of items."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Item | None:
        """The item."""
        wanted = select(items).where(items.c.id == id, *_mine(tx, items))
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _item(row)

    def insert(self, tx: Transaction, item: Item) -> None:
        """Write a new item."""
        tx.execute(items.insert(), _item_row(item))

    def update(self, tx: Transaction, item: Item, loaded_sequence: int) -> int:
        """Write what is known of it now."""
        changed = update(items).where(items.c.id == item.id, items.c.sequence == loaded_sequence)
        return tx.execute(changed, _item_row(item)).rowcount


def item_id(customer_id: UUID, supplier_id: UUID, item_number: str) -> UUID:
    """The id of an item; always the same."""
    return uuid5(ITEMS, f"{customer_id}/{supplier_id}/{item_number}")


def item_to_describe(tx: Transaction, partnership_id: UUID, item_number: str) -> Item:
    """The item as it is known, or a new one. Two who describe a new one at once do so one after the other."""
    customer, supplier = _sides(tx, partnership_id)
    id = item_id(customer.id, supplier.id, item_number)
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(id), 0))))
    try:
        return tx.get(Item, id)
    except NotFound:
        by = Person(id=tx.actor.user_id, name=tx.actor.user_name)
        item = Item(
            id=id, customer=customer, supplier=supplier, item_number=item_number, changed_by=by, changed_at=tx.at
        )  # fmt: skip
        tx.add(item)
        return item


def _sides(tx: Transaction, partnership_id: UUID) -> tuple[Party, Party]:
    wanted = select(partnerships).where(partnerships.c.id == partnership_id, *_mine(tx, partnerships))
    link = tx.execute(wanted).one_or_none()
    if link is None:
        raise NotHereYet(f"There is no partnership {partnership_id} here.")
    return (
        Party(id=link.customer_id, name=link.customer_name),
        Party(id=link.supplier_id, name=link.supplier_name),
    )


def list_items(tx: Transaction, question: commands.ListItemFacts) -> views.ItemFactsPage:
    """A page of items, by number."""
    customer, supplier = _sides(tx, question.partnership_id)
    wanted = (
        select(items)
        .where(items.c.customer_id == customer.id, items.c.supplier_id == supplier.id)
        .order_by(items.c.item_number)
    )
    if question.category is not None:
        wanted = wanted.where(items.c.category == question.category)
    if question.after is not None:
        [last] = paging.key_of(question.after, str)
        wanted = wanted.where(items.c.item_number > last)
    rows = list(tx.execute(wanted.limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.item_number,))
    return views.ItemFactsPage(items=tuple(_item(row).view() for row in shown), next=following)


def _item_row(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "sequence": item.sequence,
        "customer_id": item.customer.id,
        "customer_name": item.customer.name,
        "supplier_id": item.supplier.id,
        "supplier_name": item.supplier.name,
        "item_number": item.item_number,
        "buyer_item_number": item.buyer_item_number,
        "gtin": item.gtin,
        "category": item.category,
        "units": wire.encode(item.units),
        "changed_by_id": item.changed_by.id,
        "changed_by_name": item.changed_by.name,
        "changed_at": item.changed_at,
    }


def _item(row: Row[Any]) -> Item:
    item = Item(
        id=row.id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        item_number=row.item_number,
        buyer_item_number=row.buyer_item_number,
        gtin=row.gtin,
        category=row.category,
        units=tuple(wire.decode(views.UnitFactor, each) for each in row.units),
        changed_by=Person(id=row.changed_by_id, name=row.changed_by_name),
        changed_at=row.changed_at,
    )
    item.sequence = row.sequence
    return item
