"""The rules of the house that tools can check: style, types, and who may import whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT

TYPED = (
    "services/contracts", "services/chassis", "services/*/domain", "services/*/domain.py",
    "services/gateway", "deploy",
)  # fmt: skip


def content(*command: str) -> None:
    """Fails with everything a tool has to say, unless it is content."""
    done = subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_ruff_has_no_complaint() -> None:
    content("-m", "ruff", "check", "--output-format", "concise", ".")


@pytest.mark.timeout(600)
def test_mypy_has_no_complaint_where_types_are_strict() -> None:
    paths = sorted({path.relative_to(CHECKOUT).as_posix() for each in TYPED for path in CHECKOUT.glob(each)})

    content("-m", "mypy", *paths)


def test_nobody_imports_whom_he_should_not() -> None:
    program = (
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    )

    content("-c", program, "--no-cache")


def test_both_lock_files_name_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        lines = (CHECKOUT / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-test.lock")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_has_a_hash_for_every_package_and_names_no_host(lock: str) -> None:
    text = Path(CHECKOUT / lock).read_text()
    packages = [
        block for block in text.replace("\\\n", "").splitlines() if block and not block.startswith("#")
    ]

    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
