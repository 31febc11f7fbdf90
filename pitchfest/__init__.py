"""Pitchfest: challenges, pitches, fair judging and a letter for every supplier."""

import os

# Linear algebra stays on one thread, which is said before numpy is first imported: several processes share
# the cores, and its threads would wait for one another far longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
