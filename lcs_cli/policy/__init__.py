"""The rules: values in, a decision out with its reasons and clauses. No clock, no file of the user, no vault."""
