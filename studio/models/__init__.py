"""Model folders: fetching, checking, loading, chat templates, merging adapters."""
