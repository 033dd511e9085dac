"""How fast it starts, against a floor in the same run: `python -m benchmarks` writes docs/performance.md."""
