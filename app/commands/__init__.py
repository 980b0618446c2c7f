"""The commands: what an administrator does from the server. Each calls what the pages call."""
