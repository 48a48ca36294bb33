"""Starting transformers' continuous batching the way the local engine wants it."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from transformers import ContinuousBatchingConfig, GenerationConfig

from studio.engines.sampler import Sampler

_PAGE_TOKENS = 32
_BLOCKS = 1024
_BATCH_TOKENS = 512


def start_manager(model: Any, ends: list[int], context: int, deliver: Callable[[Any], None]) -> Any:
    """Return a running `ContinuousBatchingManager` that samples request by request.

    Args:
        ends: the tokens that end an answer.
        context: most tokens of one request, prompt and answer together.
        deliver: called in the generation thread with each `GenerationOutput`: for a streaming request after every
            token. A queue and a thread to empty it, which is the manager's own way, would fight with the generation
            for Python's lock at every token. What it raises ends the generation.
    """

    def deliver_all(outputs: list[Any]) -> None:
        for output in outputs:
            deliver(output)

    logging.getLogger("transformers.generation").setLevel(logging.ERROR)
    manager = model.init_continuous_batching(
        generation_config=GenerationConfig(do_sample=False, eos_token_id=ends or [-1]),
        continuous_batching_config=ContinuousBatchingConfig(
            page_size=_PAGE_TOKENS,
            # Room for 16 requests of 2,048 tokens, and always half as much again as one of the longest.
            num_blocks=max(_BLOCKS, math.ceil(context / _PAGE_TOKENS * 1.5)),
            max_batch_tokens=_BATCH_TOKENS,
            use_cuda_graph=False,
            use_async_batching=False,  # the sampler decides on the host, after every step
        ),
    )
    manager.logit_processor = Sampler()
    manager.output_router.deliver = deliver
    manager.output_router.deliver_batch = deliver_all
    manager.start()
    return manager
