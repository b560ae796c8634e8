"""List, show, replay and discard the messages that could not be handled.

In the databases that the environment names, or in those of the running system. A replayed message goes back
into the queue it came from; that is safe, because a handler that failed left nothing behind.
"""

import argparse
import json
import os
import pwd
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import UUID

from deploy.local import reach
from deploy.local.problems import Problem
from deploy.local.stack import services
from services.chassis import deadletters, wire
from services.chassis.database import Database, Transaction, Transient
from services.chassis.errors import NotFound
from services.contracts.operations.commands import DeadLetterState
from services.contracts.operations.views import DeadLetter

Work: TypeAlias = Callable[[Transaction, UUID], DeadLetter]
Telling: TypeAlias = Callable[[str, DeadLetter], str]

DEFAULT_LIMIT = 50
REASON_LENGTH = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which of them."""
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument(
        "--service", choices=services(), help="look only here (in every service, unless named)"
    )
    every.add_argument("--json", action="store_true", help="print JSON, for programs")
    doings = parser.add_subparsers(dest="doing", metavar="DOING", required=True)
    listing = doings.add_parser("list", parents=[every], help="list them, newest first")
    states = [state.value for state in DeadLetterState]
    listing.add_argument("--state", choices=states, default=states[0], help=f"default: {states[0]}")
    listing.add_argument(
        "--limit",
        type=_a_number,
        default=DEFAULT_LIMIT,
        help=f"so many of a service (default {DEFAULT_LIMIT})",
    )
    shown = doings.add_parser("show", parents=[every], help="show them with their bodies")
    replayed = doings.add_parser(
        "replay", parents=[every], help="put them back into the queues they came from"
    )
    discarded = doings.add_parser(
        "discard", parents=[every], help="give them up for good; they stay readable"
    )
    for doing in (shown, replayed, discarded):
        doing.add_argument("id", type=UUID, nargs="+", metavar="ID", help="as `list` shows it")
    listing.set_defaults(work=_list)
    shown.set_defaults(work=_show)
    replayed.set_defaults(work=_settle, state="replaying")
    discarded.set_defaults(work=_settle, state="discarded")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a dead letter is not there, or was replayed or discarded before."""
    addresses = reach.databases((arguments.service,) if arguments.service else services())
    code: int = arguments.work(addresses, arguments)
    return code


def _a_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError("a number from 1 to 10000 is wanted")
    return int(text)


# ------------------------------------------------------------------------------------------------- doing


def _list(addresses: Mapping[str, str], arguments: argparse.Namespace) -> int:
    found = []
    more = []
    for service, url in addresses.items():
        with _working_on(service, url) as tx:
            letters = deadletters.listed(tx, arguments.state, None, arguments.limit + 1)
        found += [(service, letter) for letter in letters[: arguments.limit]]
        more += [service] if len(letters) > arguments.limit else []
    if arguments.json:
        _print_json([_as_json(service, letter) for service, letter in found])
        return 0
    for service, letter in found:
        print(_line(service, letter))
    if not found:
        print(f"No dead letter is {arguments.state}.")
    for service in more:
        print(f"{service} has more: ./counterpart deadletters list --service {service} --limit …")
    return 0


def _show(addresses: Mapping[str, str], arguments: argparse.Namespace) -> int:
    def shown(tx: Transaction, id: UUID) -> DeadLetter:
        return deadletters.shown(tx, id)

    return _each(addresses, arguments, shown, _whole)


def _settle(addresses: Mapping[str, str], arguments: argparse.Namespace) -> int:
    by = _who()

    def settled(tx: Transaction, id: UUID) -> DeadLetter:
        return deadletters.settle(tx, id, arguments.state, by)

    def told(_service: str, letter: DeadLetter) -> str:
        if arguments.state == "discarded":
            return f"{letter.id} is given up."
        return f"{letter.id} goes back into {_safe(letter.queue)} as soon as the relay is at work."

    return _each(addresses, arguments, settled, told)


def _each(addresses: Mapping[str, str], arguments: argparse.Namespace, work: Work, told: Telling) -> int:
    """Does `work` to every dead letter that was named, each in a transaction of its own, and tells of it."""
    done = []
    refusals = []
    for id in arguments.id:
        try:
            service, letter = _wherever_it_is(addresses, id, work)
        except (NotFound, deadletters.AlreadySettled) as refusal:
            refusals.append(f"{id}: {refusal}")
            continue
        done.append(_as_json(service, letter))
        if not arguments.json:
            print(told(service, letter))
    if arguments.json:
        _print_json(done)
    for sentence in refusals:
        sys.stderr.write(f"counterpart: {sentence}\n")
    return 1 if refusals else 0


def _wherever_it_is(addresses: Mapping[str, str], id: UUID, work: Work) -> tuple[str, DeadLetter]:
    for service, url in addresses.items():
        with _working_on(service, url) as tx:
            try:
                deadletters.shown(tx, id)
            except NotFound:
                continue
            return service, work(tx, id)
    raise NotFound(f"There is no such dead letter in {', '.join(addresses)}.")


@contextmanager
def _working_on(service: str, url: str) -> Iterator[Transaction]:
    """A transaction of the system's scope on the database of a service."""
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as tx:
            yield tx
    except Transient as fault:
        said = str(fault).strip().splitlines()[0]
        raise Problem(f"The database of {service} cannot be used ({said}): is PostgreSQL running?") from fault
    finally:
        database.dispose()


def _who() -> str:
    """The person at the keyboard, as the operating system knows them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


# ---------------------------------------------------------------------------------------------- telling


def _as_json(service: str, letter: DeadLetter) -> dict[str, Any]:
    return {"service": service, **wire.encode(letter)}


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=True, indent=1))


def _line(service: str, letter: DeadLetter) -> str:
    reason = " ".join(_safe(letter.reason).split())
    if len(reason) > REASON_LENGTH:
        reason = reason[: REASON_LENGTH - 1] + "…"
    tried = f", {letter.attempts} attempts" if letter.attempts else ""
    settled = f", {letter.state} by {_safe(letter.settled_by)}" if letter.settled_by else ""
    return (
        f"{letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}Z  {service}: {_safe(letter.queue)}{tried}{settled}\n"
        f"    {reason}"
    )


def _whole(service: str, letter: DeadLetter) -> str:
    told = {
        "dead letter": str(letter.id),
        "service": service,
        "queue": letter.queue,
        "died": f"{letter.died_at:%Y-%m-%d %H:%M:%S}Z",
        "state": letter.state + (f" by {letter.settled_by}" if letter.settled_by else ""),
        "reason": letter.reason,
        "handler": letter.handler or "-",
        "attempts": str(letter.attempts),
        "trace id": letter.trace_id or "-",
    }
    head = "\n".join(f"{name + ':':<13}{_safe(value)}" for name, value in told.items())
    return f"{head}\n\n{_safe(_laid_out(letter.body))}\n"


def _laid_out(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body


def _safe(text: str) -> str:
    """A message may come from anybody: what a terminal would obey is shown instead of done."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )
