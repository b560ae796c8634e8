"""HTTP resources of what every service keeps for those who run the system: its dead letters."""

from services.contracts.operations import commands as operations
from services.gateway.routes import Route

SERVICES = ("accounts", "orders", "invoicing", "notifications")


def _of(service: str) -> tuple[Route, ...]:
    letters = f"/operations/{service}/dead-letters"
    letter = letters + "/{dead_letter_id}"
    return (
        Route("GET", letters, operations.ListDeadLetters, service=service),
        Route("GET", letter, operations.ShowDeadLetter, service=service),
        Route("POST", f"{letter}/replay", operations.ReplayDeadLetter, service=service),
        Route("POST", f"{letter}/discard", operations.DiscardDeadLetter, service=service),
    )


ROUTES = tuple(route for service in SERVICES for route in _of(service))
