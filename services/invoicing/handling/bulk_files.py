"""Many invoices in one table. One transaction, like many in one action: what dies in the middle has sent nothing."""

from collections.abc import Sequence
from dataclasses import replace

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.chassis.errors import Invalid
from services.contracts.invoicing import bulk_files as shapes
from services.contracts.invoicing.bulk import ForeseenOne, OneOfMany
from services.invoicing import billable, measures
from services.invoicing.domain import bulk, bulk_files
from services.invoicing.domain.bulk_files import Written
from services.invoicing.handling.bulk import foreseen, sent


class BulkFiles:
    """Invoices from a table that the supplier has filled."""

    @query(shapes.ListBillableLines)
    def list_billable_lines(
        self, tx: Transaction, question: shapes.ListBillableLines
    ) -> shapes.BillableLines:
        """See the query."""
        return billable.billable_lines(tx, question)

    @query(shapes.PreflightInvoiceFile)
    def preflight_invoice_file(
        self, tx: Transaction, question: shapes.PreflightInvoiceFile
    ) -> shapes.ForeseenFile:
        """See the query."""
        written = bulk_files.gathered(question.rows, question.faults)
        told = {one.told.place: one for one in foreseen(tx, _readable(written))}
        items = []
        for place, invoice in enumerate(written):
            if place in told:
                foreseen_one = _named(told[place].told, invoice)
                items.append(bulk_files.of_file(invoice, foreseen_one, told[place].lines))
                continue
            why = bulk_files.unreadable(invoice)
            unforeseen = bulk.not_foreseen(place, invoice.number, None, why)
            items.append(bulk_files.of_file(invoice, _named(unforeseen, invoice), ()))
        whole = bulk.all_foreseen(item.foreseen for item in items)
        return shapes.ForeseenFile(items=tuple(items), sums=whole.sums, hindered=whole.hindered)

    @command(shapes.SendInvoiceFile)
    def send_invoice_file(self, tx: Transaction, wish: shapes.SendInvoiceFile) -> shapes.SentFile:
        """See the command."""
        written = bulk_files.gathered(wish.rows, wish.faults)
        told = {item.place: item for item in sent(tx, _readable(written))}
        faults: list[shapes.CellFault] = []
        items = []
        for place, invoice in enumerate(written):
            item = told.get(place)
            if item is None:
                why = bulk_files.unreadable(invoice)
                item = replace(
                    bulk.not_sent(place, invoice.number, None, why), order_number=invoice.order_number
                )
            faults += invoice.faults or invoice.all_placed(item.hindrances)
            items.append(item)
        if faults and not wish.keep_good:
            raise Invalid("Some of the invoices cannot be sent, so none was.", bulk_files.as_faults(faults))
        whole = bulk.all_sent(items)
        measures.table_sent(invoices=whole.sent, hindered=whole.hindered)
        return shapes.SentFile(
            items=whole.items, faults=tuple(faults), sent=whole.sent, hindered=whole.hindered
        )


def _readable(written: Sequence[Written]) -> list[tuple[int, OneOfMany]]:
    """Those of which all could be read, with their places."""
    return [(place, invoice.wish()) for place, invoice in enumerate(written) if not invoice.faults]


def _named(told: ForeseenOne, invoice: Written) -> ForeseenOne:
    return replace(told, order_number=told.order_number or invoice.order_number)
