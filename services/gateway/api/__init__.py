"""The routes of the API, one module per service, and the operations that have none on purpose."""

from services.gateway.api import (
    accounts,
    consolidation,
    invoicing,
    notifications,
    operations,
    orders,
    reconciliations,
    tax_invoices,
)
from services.gateway.routes import Internal, Route

ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *orders.ROUTES,
    *invoicing.ROUTES,
    *consolidation.ROUTES,
    *reconciliations.ROUTES,
    *tax_invoices.ROUTES,
    *notifications.ROUTES,
    *operations.ROUTES,
)
INTERNAL: tuple[Internal, ...] = (*accounts.INTERNAL, *invoicing.INTERNAL, *notifications.INTERNAL)
