"""One file a format: what turns a file into a document. A reader's suffixes decide which files it gets."""
