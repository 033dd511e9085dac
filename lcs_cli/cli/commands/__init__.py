"""One module a command or group of commands: parse, call one use case, say what came of it."""
