"""The benchmarks: `python -m bench`. Each target is measured right after its reference."""
