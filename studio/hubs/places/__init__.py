"""One file a hub: how it is asked, and what its refusals mean; the file's name is what recipes and commands call it."""
