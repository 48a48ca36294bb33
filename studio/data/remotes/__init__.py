"""One file a place that raw files can be fetched from by an address: a hub, or a search; the file's name is the scheme."""
