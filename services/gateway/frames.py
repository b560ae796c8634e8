"""How jobs and their results go through the pipe between the gateway and a worker process."""

import json
import struct
from collections.abc import Mapping
from typing import Any

#: Length of the head, length of the body.
FRAME = struct.Struct(">II")

Head = Mapping[str, Any]


def framed(head: Head, body: bytes) -> bytes:
    """A job or a result: both lengths, the head as JSON, the body as it is."""
    text = json.dumps(head).encode()
    return FRAME.pack(len(text), len(body)) + text + body
