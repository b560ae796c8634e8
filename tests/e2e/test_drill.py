"""The drill: 300 orders through a system in which everything is killed, and nothing is lost or doubled."""

import shutil
from pathlib import Path

import pytest

from deploy.local.drilling.plan import Faults, Plan
from deploy.local.drilling.report import table
from deploy.local.drilling.running import Drill


@pytest.mark.timeout(900)
def test_three_hundred_orders_survive_everything(private_directory: Path) -> None:
    told: list[str] = []

    result = Drill(Plan.usual(300, 300), private_directory / "drill", told.append).run("./counterpart test")

    shutil.rmtree(private_directory / "drill")
    assert result.passed, table(result)
    assert result.stories_broken == 0
    assert sum(result.killed.values()) >= 10
    assert {"kill RabbitMQ", "stop PostgreSQL at once", "unbind an exchange"} <= result.faults.keys()


def test_the_usual_plan_meets_every_kind_of_fault_and_is_settled_by_its_seed() -> None:
    faults = Faults.for_size(300)

    assert faults.kills >= 10
    assert min(faults.broker_kills, faults.postgres_stops, faults.unbindings, faults.reorders) >= 1
    assert Plan.usual(300, 5).schedule() == Plan.usual(300, 5).schedule()
    assert Plan.usual(300, 5).schedule() != Plan.usual(300, 6).schedule()


def test_a_plan_can_be_written_and_read(tmp_path: Path) -> None:
    plan = Plan.usual(40, 3).with_faults(kills=2)
    (tmp_path / "plan.json").write_text(plan.written())

    assert Plan.read(tmp_path / "plan.json") == plan
