"""MedQA Studio: from raw medical question-answering files to a compared, served, cited model."""

__version__ = "0.1.0"
