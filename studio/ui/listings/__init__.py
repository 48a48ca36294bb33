"""One file a listing: a table that is searched, filtered, sorted and paged."""

from typing import Any

from studio.core.registry import Registry
from studio.core.text import Text
from studio.ui.listings.base import Listing

LISTINGS: Registry[Listing[Any]] = Registry("studio.ui.listings", "LISTING", Text("listing", "列表"), Listing)
