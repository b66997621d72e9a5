"""The API server on HTTP: it turns each call into a request of the API function, and the response into an answer.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers (rest.go, get.go, create.go, patch.go, delete.go).
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, Final

from aiohttp import HttpVersion11, web

from podproof.errors import NotModelledError
from podproof.serving import (
    attaching,
    documents,
    forwarding,
    negotiation,
    proxying,
    reviews,
    sessions,
    shapes,
    tunnelling,
)
from podproof.serving.clock import Clock
from podproof.serving.credentials import Credentials
from podproof.serving.negotiation import Wanted
from podproof.serving.pace import Clients, Open, Pace
from podproof.serving.paths import Call, call_of, params_of
from podproof.serving.streams import Stream
from podproof.serving.watches import Lines, sender
from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import ApiError, Request, Response
from podproof.simulator.model.times import SECOND
from podproof.simulator.world import World

BODY_LIMIT: Final = 3 * 1024 * 1024
"""Bytes of a request. Source: staging/src/k8s.io/apiserver/pkg/server/config.go, MaxRequestBodyBytes."""

_LOOK = 0.2
"""How often (s of our time) a log is looked at that may grow while nothing else happens."""


class Server:
    """Answers the calls of every client of one world."""

    def __init__(self, world: World, pace: Pace, clients: Clients, credentials: Credentials) -> None:
        self._world, self._pace, self._clients, self._credentials = world, pace, clients, credentials
        self._clock = Clock(world, pace, clients)
        self._lines = Lines()
        self._streams: set[Stream] = set()
        self._ending = False

    async def handle(self, http: web.BaseRequest) -> web.StreamResponse:
        """Answer one call; a refusal is an answer that carries a metav1.Status."""
        self._clients.ask(f"{http.method} {http.path}")
        try:
            await self._clients.admit()
            return await self._answered(http)
        except ApiError as error:
            return self._written(Wanted(), error.code, error.status)
        except NotModelledError as error:
            refusal = statuses.failure(501, "NotImplemented", str(error))
            return self._written(Wanted(), refusal.code, refusal.status)
        except (web.HTTPException, OSError):
            raise
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            refusal = statuses.failure(500, "InternalError", f"Internal error occurred: {error!r}")
            return self._written(Wanted(), refusal.code, refusal.status)
        finally:
            self._clients.asking -= 1
            self._pace.touched()

    def change_pace(self, pace: Pace) -> None:
        """Let time pass in another way from now on."""
        self._pace, self._clock = pace, Clock(self._world, pace, self._clients)

    def end_streams(self) -> None:
        """Close every open watch, log and session; their clients may come again."""
        self._ending = True
        for stream in tuple(self._streams):
            stream.end()

    def cut_streams(self) -> None:
        """Cut every open watch in the middle, as a network does; their clients may come again."""
        for stream in tuple(self._streams):
            stream.cut()

    async def _answered(self, http: web.BaseRequest) -> web.StreamResponse:
        self._pace.catch_up()
        self._credentials.check(http)
        if http.path == "/podproof/clock" and http.query.get("hold") == "true":
            return await self._held(http)
        if http.path == "/podproof/clock":
            said = await self._clock.answer(http.method, await _body(http))
            return self._written(Wanted(), 200, said)
        params = params_of(http.query)
        call = call_of(http.method, http.path, params)
        if call is None:
            return self._document(http)
        return await self._called(http, call, params)

    async def _held(self, http: web.BaseRequest) -> web.StreamResponse:
        """Let a client hold the clock: it gets a reading, and time passes only by its word until it leaves.

        Raises:
            ApiError: 409, another one has it.
        """
        if self._clients.held:
            raise statuses.failure(409, "Conflict", "the clock is held by another client")
        transport, reply = http.transport, web.StreamResponse(headers=self._headers("application/json"))
        assert transport is not None
        with self._clients.holding():
            await reply.prepare(http)
            stream = Stream(self._clients, transport, chunked=http.version >= HttpVersion11)
            stream.offer(json.dumps(self._clock.reading()).encode() + b"\n")
            self._streams.add(stream)
            try:
                await stream.until_end()
            finally:
                self._streams.discard(stream)
        return reply

    def _document(self, http: web.BaseRequest) -> web.StreamResponse:
        found = documents.document(
            http.path, http.headers.get("Accept", ""), http.headers.get("Host", ""), self._world.catalogue.versions()
        )
        if found is None:
            return web.Response(status=404, text="404 page not found\n")
        if isinstance(found.body, str):
            return web.Response(text=found.body)
        return self._written(found.form, 200, found.body)

    async def _called(self, http: web.BaseRequest, call: Call, params: dict[str, str]) -> web.StreamResponse:
        resource = self._served(call)
        form = negotiation.wanted(http.headers.get("Accept", ""), shapes.shapes_of(resource) if resource else ())
        content_type = http.headers.get("Content-Type", "")
        if call.verb == "patch":
            params["patchType"] = negotiation.patch_kind(content_type)
        data = await _body(http) if http.body_exists else b""
        if call.plural == "pods" and call.subresource == proxying.SUBRESOURCE:
            return proxying.passed_on(http, call, data, self._world)
        if (review := reviews.asked(call)) is not None:
            return self._written(form, 201, reviews.reviewed(review, call, content_type, data, self._world.now))
        sent = negotiation.read_body(content_type, data, resource.kind if resource else "")
        if call.plural == "pods" and call.subresource in ("attach", "exec", "portforward"):
            return await self._session(http, call)
        request = call.request(params, sent, _user(http))
        if resource is not None:
            request = request._replace(resource=resource.requested)
        response = self._world.handle(request)
        if response.more is not None:
            return await self._followed(http, response)
        if response.watch is not None and resource is not None:
            return await self._streamed(http, form, resource, request, response)
        if isinstance(response.body, str):
            return web.Response(text=response.body, status=response.code)
        body = shapes.shaped(form, resource, response.body, params, self._world.now) if resource else response.body
        pretty = params.get("pretty") == "true"
        return self._written(form, response.code, body, response.warnings, pretty)

    def _served(self, call: Call) -> Resource | None:
        """Return the resource a call is about; None where it is for the API function to say what is wrong with it.

        Raises:
            ApiError: the group does not have the version.
        """
        found = [
            each for each in self._world.catalogue.versions() if (each.plural, each.group) == (call.plural, call.group)
        ]
        at_version = next((each for each in found if each.version == call.version), None)
        if found and at_version is None:
            raise statuses.no_such_resource()
        return at_version

    async def _streamed(
        self, http: web.BaseRequest, form: Wanted, resource: Resource, request: Request, response: Response
    ) -> web.StreamResponse:
        watch, transport = response.watch, http.transport
        assert watch is not None
        assert transport is not None
        reply = web.StreamResponse(headers=self._headers(form.media))
        await reply.prepare(http)
        stream = Stream(self._clients, transport, chunked=http.version >= HttpVersion11)
        now, params = lambda: self._world.now, request.params
        watch.subscribe(sender(self._lines, form, resource, params, now, stream.offer, stream.end))
        stream.begun()
        self._end_in_time(stream, params)
        self._streams.add(stream)
        try:
            await stream.until_end()
        finally:
            self._streams.discard(stream)
            watch.stop()
        if not transport.is_closing():
            await reply.write_eof()
        return reply

    async def _followed(self, http: web.BaseRequest, response: Response) -> web.StreamResponse:
        """Send a log as it grows; a client that reads slowly is given more only once it has read."""
        reply = web.StreamResponse(headers=self._headers("text/plain"))
        await reply.prepare(http)
        text, ended, more = response.body, False, response.more
        assert more is not None
        with self._clients.open(Open()):
            while not ended or text:
                if text:
                    await reply.write(text.encode(errors="surrogateescape"))
                    self._clients.words += 1
                elif self._ending:
                    break
                else:
                    await self._pace.passed(_LOOK)
                text, ended = ("", True) if ended else more()
        await reply.write_eof()
        return reply

    async def _session(self, http: web.BaseRequest, call: Call) -> web.StreamResponse:
        pod = self._world.handle(Request("get", "pods", call.namespace, call.name))
        if pod.code != 200:
            raise ApiError(pod.body)
        if call.subresource == "portforward" and tunnelling.is_wanted(http):
            return await tunnelling.tunnelled(http, pod.body, self._world, self._clients)
        if call.subresource == "attach":
            return await attaching.attach(http, pod.body, self._world, self._pace, self._clients)
        if call.subresource == "portforward":
            return await forwarding.forward(http, pod.body, self._world, self._clients)
        return await sessions.execute(http, pod.body, self._world, self._pace, self._clients)

    def _end_in_time(self, stream: Stream, params: Mapping[str, str]) -> None:
        limit = params.get("timeoutSeconds", "")
        if limit.isdecimal() and int(limit) > 0:
            asyncio.get_running_loop().call_later(int(limit), stream.end)

    def _written(
        self, form: Wanted, code: int, body: Any, warnings: tuple[str, ...] = (), pretty: bool = False
    ) -> web.Response:
        reply = web.Response(
            status=code, body=negotiation.write_body(form, body, pretty), headers=self._headers(form.content_type)
        )
        for warning in warnings:
            quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
            reply.headers.add("Warning", f'299 - "{quoted}"')
        return reply

    def _headers(self, content_type: str = "") -> dict[str, str]:
        date = formatdate(self._world.now // SECOND, usegmt=True)
        found = {"Date": date, "Cache-Control": "no-cache, private"}
        return {**found, "Content-Type": content_type} if content_type else found


async def _body(http: web.BaseRequest) -> bytes:
    """Return a request's body.

    Raises:
        ApiError: 413, it is too large.
    """
    try:
        return await http.read()
    except web.HTTPRequestEntityTooLarge:
        message = f"Request entity too large: limit is {BODY_LIMIT}"
        raise statuses.failure(413, "RequestEntityTooLarge", message) from None


def _user(http: web.BaseRequest) -> str:
    """Return who asks, by the name its client goes by; nobody out there is a part of the cluster.

    Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, managerOrUserAgent.
    """
    name = http.headers.get("User-Agent", "").partition("/")[0] or "unknown"
    return f"client-{name}" if Request("get", "", user=name).is_component else name
