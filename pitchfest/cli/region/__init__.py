"""`region load`: a region from a file, played in through the operations.

Every step of the story (a sign-up, a saved answer, a signature) is one transaction with its own
`now`, in the order in which it happened, so that what is loaded has obeyed every rule and the
log verifies.
"""

from pitchfest.cli.region.command import load, load_file

__all__ = ["load", "load_file"]
