"""The same drill with one safeguard removed at a time: each time something must be found.

A mutant is a change of text, made in a copy of the checkout; the product never knows of it. A text that is not
found exactly once is an error, so the list cannot go stale unnoticed. Where another line of defence would hide
what is missing, the mutant takes that one away too and says so in `reason`.
"""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.drilling.plan import Faults, Mix, Plan
from deploy.local.places import CHECKOUT, make, var, write_private
from deploy.local.problems import Problem

TIMEOUT = 900
_LEFT_OUT = ("var", ".git", ".venv", "tests", "node_modules", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Edit:
    """One change of text; `old` must be in the file exactly once."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The text after it; raises Problem when it does not fit."""
        found = text.count(self.old)
        if found != 1:
            raise Problem(f"A mutant does not fit {self.file} any more: its text is there {found} times.")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """A checkout without one safeguard, and the drill that must notice.

    `shows` are words of the violations by which it is meant to be caught; others do not count.
    """

    name: str
    reason: str
    edits: tuple[Edit, ...]
    shows: tuple[str, ...]
    faults: Faults = field(default_factory=Faults)
    mix: Mix = field(default_factory=Mix)
    targets: tuple[str, ...] = ()
    orders: int = 60
    seed: int = 7

    def plan(self) -> Plan:
        """The drill for it."""
        return Plan(
            self.orders, self.seed, faults=self.faults, mix=self.mix, targets=self.targets,
            quiet_within=20.0, patience=25.0,
        )  # fmt: skip


NEVER_ARRIVED = "events that never arrived"

#: Every fault of the mutants at once, and nothing removed: what this finds, the others find for no reason.
CONTROL = Mutant(
    name="(nothing removed)",
    reason="The control: with all safeguards there is nothing to find.",
    edits=(),
    shows=(),
    faults=Faults(
        kills=1, broker_kills=1, postgres_stops=1, unbindings=1, repeats=1, reorders=1, hostile=1, floods=1
    ),
    mix=Mix(rivals=0.3, rival_count=4, repeated=0.3),
)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="inbox",
        reason="Seen events are handled again. The unique keys of feed and mails would hide it; they go too.",
        edits=(
            Edit(
                "services/chassis/database.py",
                'set(self.execute(_NOTE_AS_SEEN, {"queue": queue, "ids": sorted(set(ids))}).scalars())\n',
                'self.execute(_NOTE_AS_SEEN, {"queue": queue, "ids": sorted(set(ids))}) and set(ids)\n',
            ),
            Edit(
                "services/chassis/statements.py",
                'insert_records(table, columns, " on conflict do nothing")',
                "insert_records(table, columns)",
            ),
            Edit(
                "services/notifications/migrations/versions/0001_what_people_say_and_are_told.py",
                '        sa.UniqueConstraint("event_id", "user_id", name="feed_once"),\n',
                "",
            ),
            Edit(
                "services/notifications/migrations/versions/0001_what_people_say_and_are_told.py",
                '        sa.UniqueConstraint("event_id", "recipient_key", name="mails_once"),\n',
                "",
            ),
        ),
        shows=("feed items too many", "mails too many"),
        faults=Faults(repeats=3),
        orders=30,
    ),
    Mutant(
        name="publisher confirms",
        reason="An event counts as published once it is written to the socket.",
        edits=(
            Edit(
                "services/chassis/relay.py",
                "        for row in rows:\n            self._publish(row)\n",
                "        for row in rows:\n            self._publish(row)\n"
                "        if rows:\n            self._mark()\n",
            ),
        ),
        shows=(NEVER_ARRIVED,),
        faults=Faults(broker_kills=2),
    ),
    Mutant(
        name="mandatory flag",
        reason="RabbitMQ confirms what no queue takes.",
        edits=(
            Edit(
                "services/chassis/relay.py",
                "basic_publish(exchange, key, body, properties, mandatory=True)",
                "basic_publish(exchange, key, body, properties)",
            ),
        ),
        shows=(NEVER_ARRIVED,),
        faults=Faults(unbindings=2),
    ),
    Mutant(
        name="ack after commit",
        reason="A group is acknowledged before it is handled.",
        edits=(
            Edit(
                "services/chassis/amqp/subscriptions.py",
                "        read = [self._entrypoint.read(message) for message in messages]\n",
                "        read = [self._entrypoint.read(message) for message in messages]\n"
                "        tap.ack(messages[-1].tag, all_before=True)\n",
            ),
            Edit(
                "services/chassis/amqp/subscriptions.py",
                "            tap.ack(messages[-1].tag, all_before=True)\n            self._backoff.reset()\n",
                "            self._backoff.reset()\n",
            ),
        ),
        shows=(NEVER_ARRIVED,),
        faults=Faults(floods=4),
        targets=("notifications",),
        orders=90,
    ),
    Mutant(
        name="row lock",
        reason="Invoices of one order are matched at once. A constraint states the limit once more; it goes too.",
        edits=(
            Edit(
                "services/invoicing/queries.py",
                "{side: wanted.with_for_update(of=of, key_share=True) for side, wanted in",
                "{side: wanted for side, wanted in",
            ),
            Edit(
                "services/invoicing/migrations/versions/0001_invoicing.py",
                '        sa.CheckConstraint("approved_net <= limit_net", name="orders_approved_net"),\n',
                "",
            ),
            Edit(
                "services/invoicing/migrations/versions/0001_invoicing.py",
                '        sa.CheckConstraint("approved_gross <= limit_gross", name="orders_approved_gross"),\n',
                "",
            ),
        ),
        shows=("approved by itself beyond the tolerance",),
        mix=Mix(rivals=1.0, rival_count=4),
        orders=25,
    ),
    Mutant(
        name="command id",
        reason="A repeated command is carried out again.",
        edits=(
            Edit(
                "services/chassis/commands.py",
                'command_id = request.get("command_id") if declared.kind == "command" else None',
                "command_id = None",
            ),
        ),
        shows=("done more than once",),
        mix=Mix(repeated=1.0),
        orders=10,
    ),
    Mutant(
        name="journal in the same transaction",
        reason="The facts are written after the commit. The pause makes the gap, which is always there, longer.",
        edits=(
            Edit(
                "services/chassis/database.py",
                """            self._later(_JOURNAL_INSERT, f"[{','.join(facts)}]")\n""",
                '            self.late = [*getattr(self, "late", []), *facts]\n',
            ),
            Edit(
                "services/chassis/database.py",
                "                tx.commit()\n",
                "                tx.commit()\n"
                '                if getattr(tx, "late", None):\n'
                "                    from services.chassis.waiting import pause\n\n"
                "                    pause(0.05)\n"
                '                    tx.begin("system", "", "", NOBODY, None)\n'
                """                    tx._later(_JOURNAL_INSERT, f"[{','.join(tx.late)}]")\n"""
                '                    tx._write_all("commit")\n',
            ),
        ),
        shows=("documents beside their history", "histories with gaps", "acknowledged and lost"),
        faults=Faults(postgres_stops=3, kills=3),
        targets=("orders", "invoicing"),
    ),
    Mutant(
        name="sequence guard",
        reason="A replica takes whatever arrives last.",
        edits=(
            Edit(
                "services/chassis/statements.py",
                """f' do update set {changed} where "{table}".sequence < excluded.sequence'\n""",
                "f' do update set {changed}'\n",
            ),
        ),
        shows=("copies that differ from their owner",),
        faults=Faults(reorders=3),
        targets=("notifications",),
    ),
    Mutant(
        name="unique ledger key",
        reason="The ledger takes a posting twice. Nothing else would post twice, so the key itself is asked.",
        edits=(
            Edit(
                "services/invoicing/migrations/versions/0001_invoicing.py",
                '        sa.Column("source_type", sa.Text, primary_key=True),\n'
                '        sa.Column("source_id", ID, primary_key=True),\n'
                '        sa.Column("entry", sa.SmallInteger, primary_key=True),\n',
                '        sa.Column("source_type", sa.Text, nullable=False),\n'
                '        sa.Column("source_id", ID, nullable=False),\n'
                '        sa.Column("entry", sa.SmallInteger, nullable=False),\n',
            ),
        ),
        shows=("the ledger took the entries of one source a second time",),
        orders=10,
    ),
    Mutant(
        name="retry classes",
        reason="What the database could not do this time is taken for what can never be done.",
        edits=(
            Edit(
                "services/chassis/consuming.py",
                "isinstance(failure, Later | Transient)",
                "isinstance(failure, Later)",
            ),
        ),
        shows=("dead letters of good messages",),
        faults=Faults(postgres_stops=3),
        orders=45,
    ),
    Mutant(
        name="header whitelist",
        reason="Headers that cannot be read end the reader instead of being left out.",
        edits=(
            Edit(
                "services/chassis/amqp/link.py",
                '        except Exception as error:  # noqa: BLE001\n            log.warning("unreadable',
                '        except ZeroDivisionError as error:\n            log.warning("unreadable',
            ),
        ),
        shows=("not at rest", "not ready", "nobody has been answered"),
        faults=Faults(hostile=2),
        orders=15,
    ),
    Mutant(
        name="tenant scope",
        reason="Every transaction works for the system, which row-level security lets see everything.",
        edits=(
            Edit(
                "services/chassis/database.py",
                'return "operator" if actor.kind is OrganisationKind.OPERATOR else "party"',
                'return "system"',
            ),
        ),
        shows=("seen by strangers",),
        orders=15,
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    caught_by: tuple[str, ...]
    """The violations it was meant to show."""
    others: tuple[str, ...]
    failure: str | None
    seconds: float

    @property
    def as_it_should(self) -> bool:
        """Caught, or for the control: nothing found."""
        if self.failure is not None:
            return False
        return bool(self.caught_by) if self.mutant.shows else not self.others


def run(only: Sequence[str], report: Path | None) -> int:
    """All mutants, or those whose names begin with one of `only`. 0 when each was caught."""
    chosen = [
        mutant
        for mutant in (CONTROL, *MUTANTS)
        if not only or any(mutant.name.startswith(name) for name in only)
    ]
    if not chosen:
        raise Problem(f"There is no such mutant. There are: {', '.join(mutant.name for mutant in MUTANTS)}.")
    for mutant in chosen:
        # Told now, and not after an hour of drills.
        changed(mutant)
    outcomes = []
    for mutant in chosen:
        outcome = drilled(mutant)
        outcomes.append(outcome)
        print(_line(outcome), flush=True)
    path = report or make(make(var(), 0o711) / "drill") / "mutants.json"
    write_private(path, json.dumps([_as_json(outcome) for outcome in outcomes], indent=1))
    caught = sum(outcome.as_it_should for outcome in outcomes if outcome.mutant.shows)
    print(f"\n  {caught} of {sum(bool(mutant.shows) for mutant in chosen)} mutants caught; report: {path}")
    return 0 if all(outcome.as_it_should for outcome in outcomes) else 1


def drilled(mutant: Mutant) -> Outcome:
    """Copy the checkout, change it, and run its own drill."""
    directory = Path(tempfile.mkdtemp(prefix="mutant-"))
    began = time.monotonic()
    try:
        checkout = copied(mutant, directory / "checkout")
        violations, failure = _drill(mutant, checkout, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    meant = [told for told in violations if any(word in told for word in mutant.shows)]
    others = [told for told in violations if told not in meant]
    return Outcome(mutant, tuple(meant), tuple(others), failure, time.monotonic() - began)


def copied(mutant: Mutant, to: Path) -> Path:
    """A copy of the checkout with the mutant's changes."""
    shutil.copytree(CHECKOUT, to, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for file, text in changed(mutant).items():
        (to / file).write_text(text, encoding="utf-8")
    return to


def changed(mutant: Mutant) -> dict[str, str]:
    """The files it changes, with their new text; raises Problem when a change does not fit."""
    texts: dict[str, str] = {}
    for edit in mutant.edits:
        text = texts.get(edit.file) or (CHECKOUT / edit.file).read_text(encoding="utf-8")
        texts[edit.file] = edit.applied(text)
    return texts


def _drill(mutant: Mutant, checkout: Path, directory: Path) -> tuple[list[str], str | None]:
    plan, report = directory / "plan.json", directory / "report.json"
    plan.write_text(mutant.plan().written(), encoding="utf-8")
    command = [
        sys.executable, "-m", "deploy.local", "drill", "--plan", str(plan), "--report", str(report),
    ]  # fmt: skip
    # The copy's systems live and die below `directory`; what is installed once is shared.
    environment = {
        **os.environ, "PYTHONPATH": str(checkout), "COUNTERPART_VAR": str(var()), "TMPDIR": str(directory),
    }  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [], f"it had not ended after {TIMEOUT} s"
    if not report.exists():
        return [], (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    told: Any = json.loads(report.read_text(encoding="utf-8"))
    return [" ".join(f"{each['invariant']}: {each['detail']}".split()) for each in told["violations"]], None


def _line(outcome: Outcome) -> str:
    mutant = outcome.mutant
    seconds = f"{outcome.seconds:>5.0f} s"
    if outcome.failure is not None:
        return f"  {mutant.name:<34}{seconds}  NOT RUN: {outcome.failure}"
    if not mutant.shows:
        found = "nothing found" if not outcome.others else f"FOUND: {'; '.join(outcome.others)[:400]}"
        return f"  {mutant.name:<34}{seconds}  {found}"
    if not outcome.caught_by:
        instead = f", instead: {'; '.join(outcome.others)[:400]}" if outcome.others else ""
        return f"  {mutant.name:<34}{seconds}  NOT CAUGHT{instead}"
    return f"  {mutant.name:<34}{seconds}  caught by {outcome.caught_by[0][:150]}"


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        **dataclasses.asdict(outcome),
        "mutant": outcome.mutant.name,
        "reason": outcome.mutant.reason,
        "as_it_should": outcome.as_it_should,
    }
