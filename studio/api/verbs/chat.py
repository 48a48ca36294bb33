"""Answers to a conversation, streamed or whole."""

from __future__ import annotations

from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp

from studio.api.base import Resources, Verb, key_of
from studio.openai.body import json_response, read_json
from studio.openai.chat import read_chat
from studio.openai.reply import Reply
from studio.openai.sse import EventStream, until_gone

_MOST_TOKENS = 1024  # of an answer whose length nobody limited


async def chat(resources: Resources, request: HttpRequest) -> ASGIApp:
    """Answer a conversation, with the passages of a knowledge base if the model's id names one."""
    asked = read_chat(await read_json(request))
    target = await resources.gateway.find(asked.model or "", key_of(request).may_use)
    wanted = asked.request(max_tokens=_MOST_TOKENS)
    reply = Reply(target.id, wanted.choices, cited=bool(target.knowledge), include_usage=asked.include_usage)
    deltas, admitted = resources.gateway.stream(target, wanted), resources.admission.admit()
    if asked.stream:
        return EventStream(reply, deltas, admitted, resources.settings.silence_s)
    with admitted:
        return json_response(await until_gone(request.receive, reply.whole(deltas)))


VERBS = (Verb("POST", "/v1/chat/completions", chat),)
