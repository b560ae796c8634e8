"""How the stories make their organisations and people: all of it through the public API and the mail."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from deploy.local.caller import Caller
from deploy.local.demo import OPERATOR, PASSWORD
from deploy.local.places import CHECKOUT
from deploy.local.stack import Stack

__all__ = ["OPERATOR", "PASSWORD", "Portal", "eventually"]

T = TypeVar("T")


def eventually(what: Callable[[], T], seconds: float = 30) -> T:
    """The first answer of `what` that is not empty; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, "it did not come to pass in time"
        threading.Event().wait(0.1)
    return seen


class Portal:
    """The system under test, and what a story needs of it."""

    def __init__(self, stack: Stack) -> None:
        self.url = stack.url
        self.mail_url = stack.mail_url
        self._bootstrap(stack.environment())
        self.operator = Caller.signed_in(self.url, OPERATOR, PASSWORD)
        self._callers = [self.operator]

    @staticmethod
    def _bootstrap(environment: dict[str, str]) -> None:
        subprocess.run(
            [
                sys.executable, "-m", "services.accounts.bootstrap", "--organisation", "The Operator",
                "--country", "UA", "--name", "Olena Moroz", "--email", OPERATOR,
            ],
            cwd=CHECKOUT, env={**os.environ, **environment, "COUNTERPART_BOOTSTRAP_PASSWORD": PASSWORD}, check=True,
            capture_output=True,
        )  # fmt: skip

    # --------------------------------------------------------------------------------------- the cast

    def organisation(self, kind: str, name: str, email: str) -> str:
        """Register an organisation with an address for its news; answers its id."""
        wish = {"kind": kind, "name": name, "country": "UA", "contact": {"email": email}}
        return str(self.operator.post("/organisations", wish)["id"])

    def invited(self, organisation: str, name: str, email: str, *roles: str) -> Caller:
        """Invite a person, take the link from the mail, accept, sign in."""
        wish = {"email": email, "name": name, "roles": list(roles)}
        self.operator.post(f"/organisations/{organisation}/invitations", wish)
        stranger = Caller(self.url)
        stranger.post("/invitations/accept", {"token": self.token_mailed_to(email), "password": PASSWORD})
        stranger.close()
        return self.signed_in(email)

    def signed_in(self, email: str) -> Caller:
        """Somebody who has an account."""
        caller = Caller.signed_in(self.url, email, PASSWORD)
        self._callers.append(caller)
        return caller

    # --------------------------------------------------------------------------------------- the mail

    def mails_to(self, email: str) -> list[dict[str, Any]]:
        """What was mailed to this address, newest first."""
        with urllib.request.urlopen(f"{self.mail_url}/api/messages?to={quote(email)}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found

    def mail(self, id: str) -> dict[str, Any]:
        """One mail, whole."""
        with urllib.request.urlopen(f"{self.mail_url}/api/messages/{id}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def subjects_to(self, email: str) -> list[str]:
        """Subjects of what was mailed to this address, newest first."""
        return [mail["subject"] for mail in self.mails_to(email)]

    def token_mailed_to(self, email: str, place: int = 0) -> str:
        """The token of the one-time link in a mail to this address."""
        return self.token_in(eventually(lambda: self.mails_to(email)[place:])[0]["id"])

    def token_in(self, mail_id: str) -> str:
        """The token of the one-time link in a mail."""
        found = re.search(r"#([\w.\-]+)", self.mail(mail_id)["text"])
        assert found, "the mail has no link"
        return found.group(1)

    def close(self) -> None:
        """End the connections."""
        for caller in self._callers:
            caller.close()


class LiveStream:
    """A browser's live connection, read by a thread of its own."""

    def __init__(self, caller: Caller, after: str | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.last_id: str | None = after
        self._ended = threading.Event()
        self._opened = threading.Event()
        self._response: Any = None
        self._thread = threading.Thread(target=self._listen, args=(caller,))
        self._thread.start()
        assert self._opened.wait(15), "the live stream did not open"

    def _listen(self, caller: Caller) -> None:
        with caller.stream("/live", after=self.last_id) as response:
            self._response = response
            self._opened.set()
            for line in response.iter_lines():
                if self._ended.is_set():
                    return
                if line.startswith("id:"):
                    self.last_id = line[3:].strip()
                if line.startswith("data:") and len(line) > 10:
                    self.heard.append(json.loads(line[5:]))

    def names(self) -> list[str]:
        """Names of the events heard so far."""
        return [notice["name"] for notice in self.heard if "name" in notice]

    def hears(self, name: str) -> dict[str, Any]:
        """The notice with this name, as soon as it comes."""
        return eventually(lambda: [notice for notice in self.heard if notice.get("name") == name])[0]

    def close(self) -> None:
        """Hang up, at the next sign of life at the latest (every 15 s)."""
        self._ended.set()
        self._thread.join(40)
        assert not self._thread.is_alive()
