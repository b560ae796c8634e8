"""The pages people see: the built portal, served as files.

The folder is what `deploy.local.portal` has built: an index.html, and assets named for their content. All of
it is read once, at the start, so that a file is never half there and a request never touches the disk. Every
address that is not an asset and not the API's is a page of the portal, which finds out by itself what to show:
so a link to an order can be sent by mail.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from starlette.responses import Response

from services.gateway.edge import Page, Visit

# Scripts come from files of ours only. Styles may stand in the page: the components set positions and the
# colours of a scheme that way, and a style can neither read nor send anything under this policy.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
#: What is named for its content never changes (a year, RFC 8246).
FOR_EVER = "public, max-age=31536000, immutable"
#: The rest is asked for again each time, and answered with 304 while it is the same.
ASK_AGAIN = "no-cache"

#: Ours, but not the portal's: what is not found there is not found.
_NOT_PAGES = ("/api", "/assets", "/healthz", "/readyz", "/metrics", "/.well-known")
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = {".br": "br", ".gz": "gzip"}


@dataclass(frozen=True)
class File:
    """One file in every form it can be sent in, by content encoding; "identity" is the file itself."""

    media_type: str
    forms: dict[str, bytes]
    lasting: bool
    tag: str

    def form_for(self, accepted: str) -> str:
        """The smallest form the browser takes."""
        offered = {part.split(";")[0].strip().lower(): part for part in accepted.split(",")}
        for encoding in ("br", "gzip"):
            if encoding in self.forms and encoding in offered and not _refused(offered[encoding]):
                return encoding
        return "identity"


class PortalSite:
    """The built portal in memory."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`; raises OSError when it holds no portal."""
        self._files = dict(_files(folder))
        if "/index.html" not in self._files:
            raise FileNotFoundError(2, "there is no index.html, so this is not a built portal", str(folder))
        self._page = Page("/{page}", self._answer)
        self._asset = Page("/assets/{file}", self._answer)

    def page(self, path: str) -> Page | None:
        """Who answers at this address, if the portal does."""
        if path in self._files:
            return self._asset
        if any(path == taken or path.startswith(taken + "/") for taken in _NOT_PAGES):
            return None
        # No page has a dot in its last part: a file that is not there is not a page either.
        return None if "." in PurePosixPath(path).name else self._page

    async def _answer(self, visit: Visit) -> Response:
        path: str = visit.scope["path"]
        file = self._files.get(path) or self._files["/index.html"]
        encoding = file.form_for(visit.headers.get("accept-encoding", ""))
        tag = f'W/"{file.tag}"'
        headers = {"Cache-Control": FOR_EVER if file.lasting else ASK_AGAIN, "ETag": tag}
        if len(file.forms) > 1:
            headers["Vary"] = "Accept-Encoding"
        if file.media_type.startswith("text/html"):
            headers |= {
                "Content-Security-Policy": POLICY,
                "Cross-Origin-Opener-Policy": "same-origin",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            }
        if tag in (part.strip() for part in visit.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return Response(file.forms[encoding], headers=headers, media_type=file.media_type)


def _files(folder: Path) -> list[tuple[str, File]]:
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        media_type = _MEDIA_TYPES.get(path.suffix)
        if media_type is None:
            continue
        content = path.read_bytes()
        forms = {"identity": content}
        for ending, encoding in _PACKED.items():
            packed = path.with_name(path.name + ending)
            if packed.exists():
                forms[encoding] = packed.read_bytes()
        address = "/" + path.relative_to(folder).as_posix()
        tag = hashlib.sha256(content).hexdigest()[:20]
        found.append((address, File(media_type, forms, address.startswith("/assets/"), tag)))
    return found


def _refused(offer: str) -> bool:
    """Whether an offer of Accept-Encoding says that it is none: `br;q=0` (RFC 9110, 12.5.3)."""
    _, _, weight = offer.replace(" ", "").partition(";q=")
    return weight.strip("0.") == "" and weight != ""
