"""The command line: parse, call one use case, render its result. Only here are clock, environment and terminal read."""
