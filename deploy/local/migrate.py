"""Bring every service's database to its newest schema.

For a system that runs elsewhere, with its addresses in the environment; `up` migrates by itself. Without
addresses in the environment it migrates the private databases under var/, starting PostgreSQL for it if need
be.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from deploy.local import running
from deploy.local.places import CHECKOUT, var
from deploy.local.problems import Problem
from deploy.local.stack import Stack, services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which services."""
    parser.add_argument("service", nargs="*", help="only these services (all, unless named)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a migration fails."""
    wanted = arguments.service or services()
    unknown = sorted(set(wanted) - set(services()))
    if unknown:
        raise Problem(f"There is no service {unknown[0]!r}: choose from {', '.join(services())}.")
    addresses = [f"COUNTERPART_{service.upper()}_OWNER_DATABASE_URL" for service in wanted]
    if all(name in os.environ for name in addresses):
        command = [sys.executable, "-m", "services.chassis.migrations", *wanted]
        return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
    if any(name in os.environ for name in addresses):
        missing = next(name for name in addresses if name not in os.environ)
        raise Problem(f"{missing} is not set: set the owner's address of every service, or of none.")
    return _migrate_private(var())


def _migrate_private(directory: Path) -> int:
    with running.claim(directory):
        stack = Stack(directory, given=os.environ)
        stack.postgres.start()
        try:
            sys.stdout.write(stack.migrate())
        finally:
            stack.postgres.stop()
    return 0
