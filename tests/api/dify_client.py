"""Dify's own model class as a client: run by the interpreter of `.venv-dify`, told what to ask as JSON on stdin.

Prints `{"text", "chunks", "finish_reason", "prompt_tokens", "completion_tokens"}` of each question, streamed or not.
"""

from __future__ import annotations

import json
import sys

from dify_plugin.entities.model.message import SystemPromptMessage, UserPromptMessage
from dify_plugin.interfaces.model.openai_compatible.llm import OAICompatLargeLanguageModel


def main() -> None:
    asked = json.load(sys.stdin)
    credentials = {
        "mode": "chat",
        "endpoint_url": asked["url"],
        "api_key": asked.get("key", ""),
        "context_size": "2048",
    }
    model = OAICompatLargeLanguageModel(model_schemas=[])
    answers = []
    for stream_mode_auth in ("not_use", "use"):
        model.validate_credentials(asked["model"], {**credentials, "stream_mode_auth": stream_mode_auth})
    for stream in (True, False):
        result = model._invoke(
            asked["model"],
            dict(credentials),
            [SystemPromptMessage(content="You are a helpful assistant."), UserPromptMessage(content=asked["question"])],
            {
                "temperature": 0,
                "top_p": 1,
                "max_tokens": 24,
                "frequency_penalty": 0,
                "presence_penalty": 0,
                "response_format": "text",
                **({"stream_options": {"include_usage": True}} if stream else {}),
            },
            stop=["\n\n\n"],
            stream=stream,
            user="abc-123",
        )
        if stream:
            chunks = list(result)
            text = "".join(chunk.delta.message.content for chunk in chunks)
            last = chunks[-1].delta
            usage, reason, number = last.usage, last.finish_reason, len(chunks)
        else:
            text, usage, reason, number = result.message.content, result.usage, None, 1
        answers.append(
            {
                "text": text,
                "chunks": number,
                "finish_reason": reason,
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
            }
        )
    json.dump(answers, sys.stdout)


main()
