"""Each status in the codes of Peppol's Invoice Response, and the codes that a decision may carry."""

from itertools import product

import pytest

from services.chassis.errors import Invalid, Refused
from services.contracts.invoicing.responses import ResponseCode, StatusAction, StatusReason
from services.contracts.invoicing.views import DisputeReason, InvoiceStatus
from services.invoicing.domain.invoice import TRANSITIONS, Invoice
from services.invoicing.domain.responses import (
    ACTION_NAMES,
    CODE_NAMES,
    CODES,
    OF_DISPUTES,
    REASON_NAMES,
    response,
)
from tests.unit.invoicing.builders import NOON, a_buyer, a_draft, billing, submitted, terms
from tests.unit.invoicing.test_invoice import IN_EVERY_STATUS

S = InvoiceStatus


def test_every_code_has_its_name_and_every_status_its_code() -> None:
    assert set(CODE_NAMES) == set(ResponseCode) == set(CODES.values()) | {ResponseCode.CONDITIONALLY_ACCEPTED}
    assert set(REASON_NAMES) == set(StatusReason)
    assert set(ACTION_NAMES) == set(StatusAction)
    assert set(CODES) == set(InvoiceStatus)
    assert set(OF_DISPUTES) == set(DisputeReason)


@pytest.mark.requirement("S-051", "S-052", "S-053", "S-054", "S-055")
@pytest.mark.parametrize(
    ("status", "code", "reasons", "action"),
    [
        (S.MATCHING, "AB", [], "NOA"),
        (S.PENDING, "IP", [], "NOA"),
        (S.APPROVED, "AP", [], "NOA"),
        (S.PARTLY_PAID, "PD", ["PPD"], "NOA"),
        (S.PAID, "PD", [], "NOA"),
        (S.REJECTED, "RE", ["OTH"], "NIN"),
        (S.CANCELED, "RE", ["OTH"], "NOA"),
    ],
)
def test_a_status_is_told_in_peppols_codes(
    status: InvoiceStatus, code: str, reasons: list[str], action: str
) -> None:
    told = IN_EVERY_STATUS[status]().view().response

    assert told is not None
    assert (told.code, [each.code for each in told.reasons], told.action.code) == (code, reasons, action)


def test_nobody_has_been_answered_about_a_draft_that_was_never_sent() -> None:
    assert a_draft().view().response is None


@pytest.mark.requirement("S-053", "S-072")
def test_an_invoice_given_back_is_under_query_with_the_reason_that_was_chosen() -> None:
    invoice = submitted(billing("5000.01"))
    codes = (StatusReason.PRICES, StatusAction.PROVIDE_INFORMATION)

    invoice.give_back(terms=terms(), by=a_buyer(), reason="Which price list?", at=NOON, codes=codes)

    told = invoice.view().response
    assert told is not None
    assert (told.code, told.reasons[0].code, told.reasons[0].name, told.action.code) == (
        "UQ", "PRI", "Prices incorrect", "PIN",
    )  # fmt: skip


def test_what_is_sent_again_carries_no_reason_of_before() -> None:
    invoice = submitted(billing("5000.01"))
    codes = (StatusReason.PRICES, StatusAction.NEW_INVOICE)
    invoice.reject(by=a_buyer(), reason="No", at=NOON, codes=codes)
    assert invoice.reason_code is StatusReason.PRICES

    fresh = submitted(billing("5000.01"))

    assert fresh.view().response.reasons == ()  # type: ignore[union-attr]


def test_an_approved_invoice_with_a_disputed_part_is_accepted_under_conditions() -> None:
    told = response(
        S.APPROVED, sent=True, reason=None, action=None, disputed=[DisputeReason.QUALITY, DisputeReason.PRICE]
    )

    assert told is not None
    assert (told.code, [each.code for each in told.reasons], told.action.code) == (
        "CA",
        ["PRI", "QUA"],
        "CNP",
    )


@pytest.mark.parametrize(
    ("step", "codes", "faults"),
    [
        ("reject", (StatusReason.NO_ISSUE, StatusAction.NEW_INVOICE), ["/code"]),
        ("reject", (StatusReason.PARTIALLY_PAID, StatusAction.CREDIT_FULLY), ["/code", "/action"]),
        ("give_back", (StatusReason.PRICES, StatusAction.NONE), ["/action"]),
    ],
)
def test_codes_that_make_no_sense_with_the_decision_are_refused_and_nothing_happens(
    step: str, codes: tuple[StatusReason, StatusAction], faults: list[str]
) -> None:
    invoice = submitted(billing("5000.01"))
    more = {"terms": terms()} if step == "give_back" else {}

    with pytest.raises(Invalid) as refusal:
        getattr(invoice, step)(by=a_buyer(), reason="x", at=NOON, codes=codes, **more)

    assert [each.field for each in refusal.value.faults] == faults
    assert invoice.status is S.PENDING


DECISIONS = {
    "approve": lambda invoice: invoice.approve(by=a_buyer(), remark=None, at=NOON),
    "reject": lambda invoice: invoice.reject(by=a_buyer(), reason="x", at=NOON),
    "return": lambda invoice: invoice.give_back(terms=terms(), by=a_buyer(), reason="x", at=NOON),
}


@pytest.mark.requirement("S-072")
@pytest.mark.parametrize(("status", "step"), list(product(S, DECISIONS)))
def test_what_is_not_in_the_table_is_refused_in_every_status(status: InvoiceStatus, step: str) -> None:
    invoice: Invoice = IN_EVERY_STATUS[status]()
    after = TRANSITIONS.get((status, step))

    if after is None:
        with pytest.raises(Refused):
            DECISIONS[step](invoice)
        assert invoice.status is status
    else:
        DECISIONS[step](invoice)
        assert invoice.status is after
        assert invoice.view().response is not None
