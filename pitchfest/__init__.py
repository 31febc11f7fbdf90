"""Pitchfest: challenges, pitches, fair judging and a letter for every supplier."""
