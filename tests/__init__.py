"""The tests: what the behaviour is for, on real vaults, real files and real processes."""
