"""The page under the link of a document: for anybody who holds the document, without signing in."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response

from services.chassis.errors import Forbidden, NotFound
from services.contracts.accounts.commands import GetOrganisation
from services.contracts.shapes import operation
from services.gateway import counts
from services.gateway.bus import Wish
from services.gateway.documents.wording import LANGUAGES, WORDS, language_of
from services.gateway.edge import Page, Visit
from services.gateway.resources import Context
from services.gateway.verifying.links import NotOurs, Sheet, SheetLinks

NOBODY = "00000000-0000-0000-0000-000000000000"


class Verification:
    """Answers whether a document in hand is ours and still true."""

    def __init__(self, context: Context, links: SheetLinks) -> None:
        self._context = context
        self._links = links

    @property
    def page(self) -> Page:
        """What the edge serves at `/v/…`."""
        return Page("/v/{document}", self._answer, discreet=True)

    async def _answer(self, visit: Visit) -> Response:
        client = visit.scope.get("client")
        # Like what else anybody may ask with nothing but a token: tokens can be guessed at.
        await self._context.limits.token(str(client[0]) if client else "unknown")
        language = _language(visit)
        try:
            sheet = self._links.read(visit.rest)
        except NotOurs:
            counts.verified.labels("forged").inc()
            return _page(language, "forged", {}, status=404)
        try:
            said = await self._said(sheet, language, visit.request_id)
        except (NotFound, Forbidden):
            counts.verified.labels("gone").inc()
            return _page(language, "gone", {}, status=404)
        outcome = "current" if said["digest"] == sheet.digest.hex() else "changed"
        counts.verified.labels(outcome).inc()
        return _page(language, outcome, said)

    async def _said(self, sheet: Sheet, language: str, request_id: str) -> dict[str, Any]:
        """What the document says now, asked for in the name of those whose copy it is."""
        actor = await self._actor(sheet, request_id)
        answer = await self._ask(sheet.question, dict(sheet.fields), actor, request_id)
        told, _ = await self._context.workers.do(
            "summary", {"kind": sheet.kind, "language": language}, answer.text
        )
        found: dict[str, Any] = told
        return found

    async def _actor(self, sheet: Sheet, request_id: str) -> dict[str, Any]:
        actor = {
            "user_id": NOBODY,
            "user_name": "Counterpart",
            "organisation_id": str(sheet.organisation_id),
            "organisation_name": "–",
            "kind": sheet.organisation_kind.value,
            "roles": sorted(role.value for role in sheet.roles),
            "by_key": False,
        }
        wish = {"organisation_id": str(sheet.organisation_id)}
        named = (await self._ask(GetOrganisation, wish, actor, request_id)).value
        return {**actor, "organisation_name": named["name"]}

    async def _ask(
        self, question: type, fields: Mapping[str, Any], actor: Mapping[str, Any], request_id: str
    ) -> Any:
        asked = operation(question)
        return await self._context.bus.call(
            Wish(
                asked.service,
                asked.name,
                json.dumps(fields),
                actor=json.dumps(actor),
                correlation_id=request_id,
            )
        )


def _language(visit: Visit) -> str:
    chosen = parse_qs(visit.scope["query_string"].decode("latin-1")).get("language", [""])[0]
    return chosen if chosen in LANGUAGES else language_of(visit.headers.get("accept-language", ""))


_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Is this document genuine?",
        "current": "Genuine, and still true",
        "current-text": "It was made by this portal, and what it says is what the portal says now.",
        "changed": "Genuine, but no longer up to date",
        "changed-text": (
            "It was made by this portal. Something in it has changed since: what holds now stands below; ask "
            "whoever gave it to you for a new copy."
        ),
        "forged": "Not from this portal",
        "forged-text": (
            "This link was not made here, or was changed on its way. Scan the code again; if you come back to "
            "this page, do not trust the document."
        ),
        "gone": "No longer there",
        "gone-text": "The document was made here, but is no longer there for those whose copy it is.",
        "language": "Українською",
    },
    "uk": {
        "title": "Чи справжній цей документ?",
        "current": "Справжній і чинний",
        "current-text": "Його створено на цьому порталі, і зміст збігається з тим, що портал каже зараз.",
        "changed": "Справжній, але вже не чинний",
        "changed-text": (
            "Його створено на цьому порталі. Відтоді щось у ньому змінилося: нижче те, що чинне тепер; попросіть "
            "новий примірник у того, хто вам його дав."
        ),
        "forged": "Не з цього порталу",
        "forged-text": (
            "Це посилання створено не тут, або його дорогою змінено. Скануйте код ще раз; якщо знову потрапите на "
            "цю сторінку, не довіряйте документу."
        ),
        "gone": "Його вже немає",
        "gone-text": "Документ створено тут, але для тих, чий це примірник, його вже немає.",
        "language": "In English",
    },
}
_SIGNS = {"current": "✓", "changed": "!", "forged": "✕", "gone": "–"}


def _page(language: str, outcome: str, said: Mapping[str, Any], *, status: int = 200) -> Response:
    words, texts = WORDS[language], _TEXTS[language]
    facts = [tuple(fact) for fact in said.get("facts", ())]
    facts += [(words[name], said[name]) for name in ("date", "status") if said.get(name)]
    named = " ".join(filter(None, (said.get("title"), said.get("number"))))
    other = next(each for each in LANGUAGES if each != language)
    text = _PAGE.format(
        language=language,
        other=other,
        style=_STYLE,
        title=escape(texts["title"]),
        outcome=outcome,
        sign=_SIGNS[outcome],
        verdict=escape(texts[outcome]),
        explained=escape(texts[f"{outcome}-text"]),
        document=f"<h2>{escape(named)}</h2>" if named else "",
        facts=_listed(facts),
        switch=escape(texts["language"]),
    )
    headers = {"Content-Security-Policy": _POLICY, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(text, status, headers, "text/html; charset=utf-8")


def _listed(facts: Sequence[tuple[str, str]]) -> str:
    if not facts:
        return ""
    return (
        f"<dl>{''.join(f'<dt>{escape(label)}</dt><dd>{escape(value)}</dd>' for label, value in facts)}</dl>"
    )


_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;color:#1f2933;background:#f5f7fa;margin:0}"
    "main{max-width:36rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:6px}"
    "h1{font-size:1.1rem;margin:0 0 1rem;color:#374151}h2{font-size:1.4rem;margin:1.5rem 0 .75rem}"
    ".verdict{display:flex;gap:.75rem;align-items:baseline;font-size:1.4rem;font-weight:600;margin:0}"
    ".sign{font-weight:700}.current{color:#14532d}.changed{color:#8a3f00}.forged,.gone{color:#722f37}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}"
    "dt{color:#52606d}dd{margin:0;font-weight:600;overflow-wrap:anywhere}a{color:#0b5563}"
    "@media(prefers-color-scheme:dark){body{color:#e5e9ef;background:#14181d}main{background:#1e242b}"
    "h1,dt{color:#b6c0cc}a{color:#7fd1de}.current{color:#86efac}.changed{color:#ffc078}"
    ".forged,.gone{color:#f1b5bd}}"
)
# This style and nothing else: its digest stands in the page's policy (CSP, hash-source).
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><title>{title} · Counterpart</title><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="verdict {outcome}"><span class="sign" aria-hidden="true">{sign}</span>{verdict}</p>
<p>{explained}</p>
{document}
{facts}
<p><a href="?language={other}" hreflang="{other}" lang="{other}">{switch}</a></p>
</main>
</body>
</html>
"""
