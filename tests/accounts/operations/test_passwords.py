"""Hashes as they are made outside tests, and what an unknown address costs."""

import time

from argon2 import extract_parameters
from argon2.low_level import Type

from pitchfest.accounts import operations


def test_the_real_hash_is_argon2id_with_19_mib_two_passes_and_one_lane():
    made = extract_parameters(operations.hash_password("three words you made"))
    assert (made.type, made.memory_cost, made.time_cost, made.parallelism) == (Type.ID, 19_456, 2, 1)


def test_a_password_matches_itself_only():
    made = operations.hash_password("three words you made")
    assert operations.password_matches(made, "three words you made")
    assert not operations.password_matches(made, "three words you made ")
    assert not operations.password_matches("not a hash", "three words you made")
    assert operations.hash_password("three words you made") != made


def test_an_unknown_address_costs_about_as_much_as_a_known_one():
    made = operations.hash_password("three words you made")
    operations.password_matches(None, "warms up")

    def cost(stored):
        started = time.thread_time()
        operations.password_matches(stored, "not the password")
        return time.thread_time() - started

    pairs = [(cost(None), cost(made)) for _ in range(7)]
    assert min(unknown for unknown, _ in pairs) > min(known for _, known in pairs) / 4
    assert not operations.password_matches(None, "nobody has this password")


def test_a_hash_with_older_settings_is_known_as_such():
    assert operations.needs_rehash(operations.hash_password("three words you made", cheap=True))
    assert not operations.needs_rehash(operations.hash_password("three words you made"))
