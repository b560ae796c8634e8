"""Declare the exchanges, queues and bindings at the broker, or check them.

At the broker that COUNTERPART_AMQP_URL names, or at that of the running system. Declaring adds what is
missing and takes nothing away; `up` does it at every start.
"""

import argparse
import sys
from collections.abc import Sequence

import pika.exceptions

from deploy.local import reach
from deploy.local.broker import Broker
from deploy.local.problems import Problem
from services.chassis.topology import Ctl, DifferentTopology, Topology, check, declare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to declare or to look."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; say what is wrong, with exit code 1 if anything is",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when --check finds a fault, or when what exists contradicts the code."""
    broker = reach.broker()
    plan = reach.plan()
    try:
        if arguments.check:
            return _checked(broker.url, plan, _ctl_of(broker) if isinstance(broker, Broker) else None)
        declare(broker.url, plan)
    except DifferentTopology as fault:
        raise Problem(str(fault)) from None
    except (pika.exceptions.AMQPError, OSError) as fault:
        raise Problem(
            f"RabbitMQ cannot be asked ({type(fault).__name__}): is it running, and is its address right?"
        ) from fault
    print(f"Declared: {_counted(plan)}.")
    return 0


def _checked(amqp_url: str, plan: Topology, ctl: Ctl | None) -> int:
    faults = check(amqp_url, plan, ctl)
    for fault in faults:
        print(fault)
    if ctl is None:
        sys.stderr.write(
            "counterpart: bindings and left-over queues were not looked at, because only an operator of the "
            "broker can see them (rabbitmqctl).\n"
        )
    if not faults:
        print(f"As the code expects: {_counted(plan)}.")
    return 1 if faults else 0


def _counted(plan: Topology) -> str:
    return f"{len(plan.exchanges())} exchanges, {len(plan.queues())} queues, {len(plan.bindings())} bindings"


def _ctl_of(broker: Broker) -> Ctl:
    def ctl(arguments: Sequence[str]) -> str:
        return broker.ctl(*arguments)

    return ctl
