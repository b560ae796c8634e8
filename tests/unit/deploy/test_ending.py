"""What a command does when it is told to end."""

import signal
import subprocess
import sys

import pytest

from deploy.local.places import CHECKOUT

PATIENT_DRILL = """
import signal, sys
from deploy.local import __main__ as launcher, drill

# Whoever runs the tests in the background may have had them ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

def run(arguments):
    try:
        print("started", flush=True)
        signal.pause()
    finally:
        print("cleared away", flush=True)

drill.run = run
sys.exit(launcher.main(["drill"]))
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_told_to_end_clears_away_first(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PATIENT_DRILL], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as drill:
        assert drill.stdout is not None
        assert drill.stdout.readline() == "started\n"

        drill.send_signal(how)

        assert drill.stdout.read() == "cleared away\n"
        assert drill.wait(30) == 128 + how
