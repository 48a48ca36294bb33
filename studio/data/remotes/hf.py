"""Datasets on Hugging Face, or the mirror that HF_ENDPOINT names: `hf://OWNER/NAME:config/split@revision`."""

from __future__ import annotations

from studio.core.remote import Remote
from studio.core.text import Text
from studio.data.remotes._hub import DatasetHub

_HUB = DatasetHub("hf", "huggingface")
REMOTE = Remote(Text("Hugging Face", "Hugging Face"), _HUB.place, _HUB.fetch)
