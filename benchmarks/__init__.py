"""How fast and how large, each beside a named reference in the same run; every ratio is a line that ends in `1.43x`."""
