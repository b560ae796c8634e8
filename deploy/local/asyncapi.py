"""Write docs/asyncapi.yaml and docs/events.md, the description of the events, from their declarations.

Also the golden file of each event, which keeps what was once announced readable for ever: a new event and a
new field are added to it; what is not an addition is refused.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from deploy.local import reach
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem
from services.chassis import asyncapi
from services.chassis.wire import Undecodable, decode
from services.contracts.shapes import EventType

DOCUMENT = CHECKOUT / "docs" / "asyncapi.yaml"
TABLE = CHECKOUT / "docs" / "events.md"
GOLDEN = CHECKOUT / "tests" / "contract" / "golden"

# What may be said better at any time.
_WORDS = ("description", "examples")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to write or to compare."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a file is not up to date"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 for --check of files that are not what the declarations say."""
    faults = not_additive()
    if faults:
        raise Problem("\n".join(faults))
    wanted = written()
    behind = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if arguments.check:
        for path in behind:
            sys.stderr.write(
                f"counterpart: {path.relative_to(CHECKOUT)} is not up to date; run ./counterpart asyncapi\n"
            )
        return 1 if behind else 0
    for path in behind:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
        print(f"{path.relative_to(CHECKOUT)} is written.")
    print(f"{len(asyncapi.declared_events())} events are described.")
    return 0


def written() -> dict[Path, str]:
    """Every generated file, as it should be."""
    events, subscriptions = asyncapi.declared_events(), reach.plan().subscriptions
    document = asyncapi.document(events, subscriptions)
    return {
        DOCUMENT: _yaml(document),
        TABLE: asyncapi.table(events, subscriptions),
        **{golden_file(event): _golden(event) for event in events},
    }


class _Plain(yaml.SafeDumper):  # type: ignore[misc]
    """Writes everything out: anchors are for machines."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain_text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _plain_text)


def _yaml(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return text


# ------------------------------------------------------------------------------------------- golden files


def golden_file(event: EventType) -> Path:
    """Where it is kept what an event is."""
    return GOLDEN / f"{event.name}.v{event.version}.json"


def kept(event: EventType) -> dict[str, Any] | None:
    """What the golden file says; None for a new event."""
    path = golden_file(event)
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def _golden(event: EventType) -> str:
    """The schema as it is now, and an example of every form that the event has had."""
    known = kept(event)
    examples = known["examples"] if known else []
    example = asyncapi.example_of(event.shape)
    if not any(_form(example) == _form(each) for each in examples):
        examples = [*examples, example]
    content = {"type": event.type, "schema": _wordless(asyncapi.golden_schema(event)), "examples": examples}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _form(value: Any) -> Any:
    """Which fields there are, whatever they hold."""
    if isinstance(value, dict):
        return {name: _form(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_form(member) for member in value]
    return None


def not_additive() -> list[str]:
    """A sentence for every event that can no longer be what it was."""
    known = {golden_file(event) for event in asyncapi.declared_events()}
    gone = [
        f"{path.name}: this event is no longer declared, and subscribers may still wait for it. Declare it "
        "again; when nobody has it in a queue or a journal any more, delete the file."
        for path in sorted(GOLDEN.glob("*.json"))
        if path not in known
    ]
    return gone + [fault for event in asyncapi.declared_events() for fault in breaks(event, kept(event))]


def breaks(event: EventType, golden: dict[str, Any] | None) -> list[str]:
    """What has changed of an event besides additions, with what to do instead."""
    if golden is None:
        return []
    changes = list(_changes(golden["schema"], asyncapi.golden_schema(event), event.shape.__name__))
    for example in golden["examples"]:
        try:
            decode(event.shape, example)
        except Undecodable as fault:
            changes.append(f"what was recorded before cannot be read any more ({fault})")
    return [
        f"{event.name}: {change}. Leave what there is as it is and add a field with a default beside it, or "
        "announce another event under a name of its own; only an event that was never released may be "
        f"changed, by deleting {golden_file(event).name} and running ./counterpart asyncapi."
        for change in dict.fromkeys(changes)
    ]


def _changes(old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[str]:
    for name, schema in old.get("$defs", {}).items():
        if name not in new["$defs"]:
            yield f"{name} is gone"
        else:
            yield from _changes(schema, new["$defs"][name], name)
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}.{name} is gone"
        else:
            yield from _changes(schema, new["properties"][name], f"{where}.{name}")
    for word in sorted((old.keys() | new.keys()) - {"$defs", "properties", "required", *_WORDS}):
        if _wordless(old.get(word)) != _wordless(new.get(word)):
            yield f"{where}: {word} was {_told(old.get(word))} and is {_told(new.get(word))}"


def _wordless(value: Any) -> Any:
    """A schema without what may be said better at any time."""
    if isinstance(value, dict):
        return {name: _wordless(member) for name, member in value.items() if name not in _WORDS}
    if isinstance(value, list):
        return [_wordless(member) for member in value]
    return value


def _told(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
