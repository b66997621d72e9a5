"""What the exit status of a command says."""

OK = 0
"""It was done, and all is well."""
FAILED = 1
"""It was done, and something differs, failed or is not proved."""
USAGE = 2
"""It was not done: the command, a file it names or the configuration cannot be used."""
INTERRUPTED = 130
"""It was stopped by Ctrl-C."""
