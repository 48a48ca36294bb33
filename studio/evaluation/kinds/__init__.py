"""One file a kind of run; the file's name is the kind's."""
