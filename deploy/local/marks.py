"""The pytest plugin that remembers which requirements have a passing test.

`@pytest.mark.requirement("S-045")` names requirements of docs/requirements.csv; an unknown number is an
error. The outcome of each marked test is kept in var/requirements.json, which `./counterpart requirements`
reads. Running some of the tests renews what is known of those; running all forgets tests that are no more.
"""

import json

import pytest

from deploy.local.ledger import Outcome, known_outcomes, requirements, results_file
from deploy.local.places import make, write_private

_PROPERTY = "requirement"


class _Recorder:
    """Collects the outcomes of one session."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Outcome] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = requirements()
        for item in items:
            ids = [str(id) for mark in item.iter_markers("requirement") for id in mark.args]
            unknown = [id for id in ids if id not in known]
            if unknown:
                raise pytest.UsageError(
                    f"{item.nodeid}: docs/requirements.csv has no requirement {unknown[0]}"
                )
            # A property travels with the report, also from another process that runs tests.
            item.user_properties.extend((_PROPERTY, id) for id in ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = [str(id) for name, id in report.user_properties if name == _PROPERTY]
        if not ids:
            return
        # A test passed if its call did and neither its preparation nor its clearing away failed.
        before = self._outcomes.get(report.nodeid, {"outcome": "passed"})["outcome"]
        outcome = report.outcome if before == "passed" else before
        self._outcomes[report.nodeid] = {"requirements": ids, "outcome": outcome}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self._outcomes or hasattr(session.config, "workerinput"):
            return
        everything = not session.config.args or session.config.args == session.config.getini("testpaths")
        chosen = session.config.option.keyword or session.config.option.markexpr
        former = {} if everything and not chosen else known_outcomes()
        path = results_file()
        make(path.parent, 0o711)
        write_private(path, json.dumps(dict(sorted({**former, **self._outcomes}.items())), indent=1))


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest."""
    config.pluginmanager.register(_Recorder(), "counterpart-requirements")
