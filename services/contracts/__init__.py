"""The published language of Counterpart: every shape that crosses a border, declared once.

`shapes` says how a shape, an event, a command and a query are declared; `kinds` names the limited
values (quantities, amounts, numbers) they are made of; `actors` says who may act; `money` counts.
Each service has a package of its own with `events`, `commands` and `views`. The JSON, the
marshmallow schemas, OpenAPI, AsyncAPI and the golden schemas are derived from these classes.

Standard library only: anyone may import it, and it imports nobody.
"""
