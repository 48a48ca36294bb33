"""A recipe as a form and as YAML, edited either way. The YAML is the truth; the form is a view of it."""
