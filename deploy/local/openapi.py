"""Write docs/openapi.json, the description of the API, from the route table."""

import argparse
import json
import sys

from deploy.local.places import CHECKOUT

PLACE = CHECKOUT / "docs" / "openapi.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to write or to compare."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if the file is not up to date"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 only for --check of a file that is not what the routes say."""
    text = written()
    if arguments.check:
        same = PLACE.exists() and PLACE.read_text(encoding="utf-8") == text
        if not same:
            sys.stderr.write("counterpart: docs/openapi.json is not up to date; run ./counterpart openapi\n")
        return 0 if same else 1
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(text, encoding="utf-8")
    print(f"{PLACE.relative_to(CHECKOUT)} describes {text.count('operationId')} operations.")
    return 0


def written() -> str:
    """The description as the file holds it."""
    from services.gateway import openapi
    from services.gateway.api import ROUTES

    return json.dumps(openapi.document(ROUTES), ensure_ascii=False, indent=1) + "\n"
