"""Names of files: which are taken, and how they are told to a browser (RFC 6266)."""

import re
import unicodedata
from urllib.parse import quote

from services.chassis.errors import Fault, Invalid

LONGEST = 200

_FORBIDDEN = re.compile(
    "[/\\\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# Names of devices; Windows takes `con.pdf` for the console too.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_WINDOWS = frozenset('<>:"|?*')


def acceptable(name: str) -> str:
    """The name of a file as it is kept; raises Invalid with a sentence when it cannot be a safe one."""
    tidy = unicodedata.normalize("NFC", name)
    fault = _fault(tidy)
    if fault is not None:
        raise Invalid("The name of the file is not acceptable.", [Fault("/name", fault)])
    return tidy


def _fault(name: str) -> str | None:
    if not name or not name.strip(" ."):
        return "is empty; name the file, for example drawing.pdf"
    if len(name) > LONGEST:
        return f"has {len(name)} characters, at most {LONGEST} are allowed"
    if _FORBIDDEN.search(name):
        return "has a path, a control character, or one that is invisible or turns the direction of reading"
    if name != name.strip() or name.endswith("."):
        return "begins or ends with a blank, or ends with a dot"
    if _DEVICES.match(name):
        return "is the name of a device on some computers"
    return None


def extension(name: str) -> str:
    """What follows the last dot, in lower case; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def content_disposition(name: str) -> str:
    """`Content-Disposition` that saves under `name`: in UTF-8, and in ASCII for who does not know better."""
    safe = "".join(
        "_" if character in _WINDOWS or _FORBIDDEN.match(character) else character for character in name
    )
    safe = safe.strip(" .")[:LONGEST] or "file"
    ascii_name = unicodedata.normalize("NFKD", safe).encode("ascii", "replace").decode().replace("?", "_")
    # In a quoted string these would end it, escape something, or (for some browsers) be decoded.
    plain = re.sub(r'["\\%;\x00-\x1f\x7f]', "_", ascii_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
