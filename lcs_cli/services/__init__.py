"""The verbs: one function is one use case, one transaction and its audit entry."""
