"""The portal's sources: types, rules and tests of their own hold, and nothing is fetched that nobody uses."""

import json
import re

import pytest

from deploy.local.portal import SOURCES, checked


@pytest.mark.timeout(900)
def test_types_rules_and_tests_of_the_portal_hold() -> None:
    done = checked(lambda _sentence: None)

    assert done.returncode == 0, f"node --run check\n{done.stdout}\n{done.stderr}"


def test_every_package_of_the_portal_is_used() -> None:
    package = json.loads((SOURCES / "package.json").read_text())
    code = [
        path.read_text()
        for pattern in ("src/**/*.ts", "src/**/*.tsx", "src/**/*.css", "*.ts", "*.js", "tsconfig.json")
        for path in SOURCES.glob(pattern)
    ]
    said = "\n".join([*code, *package["scripts"].values()])
    needed = package["dependencies"] | package["devDependencies"]
    # The types of a package are used by whoever uses the package; TypeScript's program has another name.
    names = {name: {"typescript": "tsc"}.get(name, name.removeprefix("@types/")) for name in needed}

    unused = [
        name for name, used in names.items() if not re.search(rf"(?<![\w/-]){re.escape(used)}(?![\w-])", said)
    ]

    assert not unused, unused
