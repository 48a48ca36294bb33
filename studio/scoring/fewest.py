"""From how many questions on a difference can be told from chance; kept apart, for it is asked for without statistics."""

# With five questions even differences all on one side come about by chance once in sixteen: no test could be clear, and
# drawing so few again and again says nothing of the others. The interval of a mean is then all that it could be.
FEWEST = 6
