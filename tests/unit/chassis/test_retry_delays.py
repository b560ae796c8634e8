"""The ladder of delays can be told by the environment, and what is told wrongly is said plainly."""

import pytest

from services.chassis.config import Config, ConfigError
from services.chassis.topology import Delay, Topology


def test_the_ladder_is_five_seconds_a_minute_and_ten_minutes_unless_told_otherwise() -> None:
    assert Config({}).retry_delays == (5, 60, 600)
    assert Config({"COUNTERPART_RETRY_DELAYS": "1,3"}).retry_delays == (1, 3)


@pytest.mark.parametrize("told", ["soon", "5,,60", "0,5", "-5", "5,5", "5 60"])
def test_a_ladder_that_is_none_is_refused(told: str) -> None:
    with pytest.raises(ConfigError, match="different whole seconds such as 5,60,600"):
        _ = Config({"COUNTERPART_RETRY_DELAYS": told}).retry_delays


def test_each_delay_has_a_queue_and_an_exchange_of_its_own() -> None:
    topology = Topology(services=(), subscriptions=(), delays=(Delay(1), Delay(3)))

    queues = {queue.name: queue.arguments for queue in topology.queues() if queue.name.startswith("delay.")}
    assert {name: arguments["x-message-ttl"] for name, arguments in queues.items()} == {
        "delay.1s": 1000,
        "delay.3s": 3000,
    }
    assert {binding.queue for binding in topology.bindings() if binding.exchange == binding.queue} == {
        "delay.1s",
        "delay.3s",
    } | {"live"}
