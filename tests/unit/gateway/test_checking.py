"""The quick check says yes only to what marshmallow accepts and the services can read."""

from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import wire
from services.chassis.errors import Invalid
from services.contracts import shapes
from services.contracts.accounts import commands as accounts
from services.contracts.invoicing import commands as invoicing
from services.contracts.orders import commands as orders
from services.contracts.shapes import Range
from services.gateway.checking import check_of, checked

ID = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10"

# Values near the limits and of every wrong kind.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 11_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [
            "", "0", "-1", "1", "9.90", "1.1234567", "1e3", " 1", "1_0", "٣", "0.0000001", "1000000000000",
            "1000000000001", "100", "100.0001", "-0", "00", "2026-11-30", "2026-W48-1", "20261130", "2026-02-30",
            "2026-11-22T09:30:00Z", "2026-11-22T09:30:00", "EUR", "eur", "EURO", "C62", ID, ID.upper(), "{" + ID + "}",
            ID.replace("-", ""), "AR-5381", "x" * 50, "x" * 51, "x" * 200, "x" * 201, "a\0b", "EUR\n", "buyer-admin",
            "draft", "lost", "net", "anna@example.com", "anna@example", 2.5, [], {},
        ]
    ),
)  # fmt: skip


def object_of(shape: type) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that name the shape's fields, and now and then one it does not have."""
    kinds = {kind.name: kind for kind in wire.kinds_of(shape)}

    def value(kind: wire.Kind) -> st.SearchStrategy[Any]:
        if kind.member is not None:
            member = kind.member.base
            inner = object_of(member) if hasattr(member, "__dataclass_fields__") else VALUES
            return st.one_of(st.lists(inner, max_size=3), VALUES)
        if hasattr(kind.base, "__dataclass_fields__"):
            return st.one_of(object_of(kind.base), VALUES)
        return VALUES

    return st.fixed_dictionaries(
        {}, optional={**{name: value(kind) for name, kind in kinds.items()}, "stranger": VALUES}
    )


SHAPES = (
    orders.DraftOrder, orders.SaveProduct, orders.ListOrders, orders.ConfirmOrder, orders.IssueGoods,
    invoicing.SendInvoice, invoicing.RegisterPayment, accounts.LinkSupplier, accounts.InviteUser,
    accounts.CreateApiKey,
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_quick_yes_is_never_laxer_than_the_schema(shape: type, data: st.DataObject) -> None:
    wish = data.draw(object_of(shape))

    if check_of(shape)(wish):
        assert wire.load(shape, wish) == wire.decode(shape, wish)


@pytest.mark.parametrize(
    "bounds",
    [Range(least=10), Range(least=5, most=100), Range(most=50), Range(above=3), Range(least=-3, most=1000)],
)
@pytest.mark.parametrize("number", ["0", "4", "9.99", "10", "50.01", "-2", "-3.01", "100", "1000", "1000.1"])
def test_bounds_that_cannot_be_seen_are_never_guessed(bounds: Range, number: str) -> None:
    limited = shapes.shape(type("Limited", (), {"__annotations__": {"number": Annotated[Decimal, bounds]}}))

    if check_of(limited)({"number": number}):
        wire.load(limited, {"number": number})


def test_an_order_in_its_usual_form_gets_a_quick_yes() -> None:
    line = {
        "item_number": "AR-5381",
        "quantity": "2.5",
        "unit": "C62",
        "unit_price": "9.90",
        "tax_rate": "20",
    }
    order = {"supplier_id": ID, "lines": [line], "delivery_date": "2026-11-30", "submit": True, "note": "ä"}

    assert check_of(orders.DraftOrder)(order)


def test_what_gets_no_quick_yes_is_still_accepted_when_the_schema_does() -> None:
    order = {"supplier_id": ID.upper(), "lines": [{"item_number": "AR-5381", "quantity": "2.5"}]}

    assert not check_of(orders.DraftOrder)(order)
    assert checked(orders.DraftOrder, order) == order


def test_every_fault_is_named_when_it_is_wrong() -> None:
    with pytest.raises(Invalid) as refusal:
        checked(orders.DraftOrder, {"supplier_id": "x", "lines": [], "stranger": 1})

    assert {fault.field for fault in refusal.value.faults} == {"/supplier_id", "/lines", "/stranger"}
