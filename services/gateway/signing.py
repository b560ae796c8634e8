"""Handlers of the routes that deal with sessions: what they add is the cookies, which only the edge knows."""

from typing import Any

from starlette.responses import Response

from services.chassis.errors import Forbidden, Unauthenticated
from services.chassis.wire import dumps
from services.gateway.bus import Answer
from services.gateway.resources import Call

#: Seconds. The mark of a device its owner has used outlives the sessions on it.
DEVICE_LASTS = 365 * 24 * 3600


async def sign_in(call: Call) -> Response:
    """Start a session, and put its secrets into cookies that no script can read."""
    site, limits = call.context.site, call.context.limits
    name = str(call.fields.get("name", ""))
    await limits.sign_in(call.address, name)
    known = call.cookies.get(site.device_cookie)
    answer = await call.ask(
        address=call.address,
        user_agent=_one_line(call.headers.get("user-agent", "")),
        **({"device_token": known} if known and len(known) <= 500 else {}),
    )
    await limits.signed_in(call.address, name)
    signed_in = answer.value
    response = call.respond(Answer(dumps(signed_in["session"]).encode()))
    _set(response, call, site.session_cookie, signed_in["session_token"], None)
    _set(response, call, site.device_cookie, signed_in["device_token"], DEVICE_LASTS)
    return response


async def sign_out(call: Call) -> Response:
    """End the session, here at once and everywhere as soon as accounts announces it."""
    caller = _with_session(call)
    answer = await call.ask(session_token=caller)
    _forget(call)
    response = call.respond(answer)
    _set(response, call, call.context.site.session_cookie, "", 0)
    return response


async def act_for(call: Call) -> Response:
    """Choose another organisation; what is remembered of the session is asked anew."""
    answer = await call.ask(session_token=_with_session(call))
    _forget(call)
    return call.respond(answer)


async def with_session(call: Call) -> Response:
    """Ask in the name of the session itself."""
    return call.respond(await call.ask(session_token=_with_session(call)))


async def ask_for_reset(call: Call) -> Response:
    """Ask for a link to set a new password; limited like signing in."""
    await call.context.limits.sign_in(call.address, str(call.fields.get("name", "")))
    return call.respond(await call.ask(address=call.address))


async def by_anyone(call: Call) -> Response:
    """What needs nothing but a token out of a mail; limited, because tokens can be guessed at."""
    await call.context.limits.token(call.address)
    return call.respond(await call.ask())


def _with_session(call: Call) -> str:
    if call.caller is None:
        raise Unauthenticated("Sign in first.")
    if call.caller.sort != "session":
        raise Forbidden("This concerns a session; an API key has none.")
    return call.caller.secret


def _forget(call: Call) -> None:
    if call.caller is not None:
        call.context.sessions.forget(call.caller.id)


def _set(response: Response, call: Call, name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=call.context.site.secure, httponly=True, samesite="lax"
    )


def _one_line(text: Any) -> str:
    return "".join(character for character in str(text) if character.isprintable())[:300]
