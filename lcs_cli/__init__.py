"""Records for a children's contact service: its confidentiality policy, made executable."""

__version__ = "0.1.0"
