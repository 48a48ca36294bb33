"""What an answer is worth: the answer read out of a text, scorers, and how sure a figure is."""
