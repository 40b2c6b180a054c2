"""200,000 damaged and random strings through every parser: none raises, none takes what its CRC denies."""

from __future__ import annotations

from binascii import crc_hqx

import pytest

from .fuzzing import TARGETS, BrokenPromiseError, Target, has_right_crc, run, strings

STRINGS = 200_000


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_string_breaks_a_parsers_promise(target: Target) -> None:
    count = -(-STRINGS // len(TARGETS))
    outcome = run(target, count)
    assert outcome.strings == count
    assert 0 < outcome.accepted < count  # both sides of the parser were reached


def test_the_strings_follow_from_the_seed_alone() -> None:
    target = TARGETS[0]
    assert list(strings(target, 500, seed=1)) == list(strings(target, 500, seed=1))
    assert list(strings(target, 500, seed=1)) != list(strings(target, 500, seed=2))


def test_a_parser_that_raises_is_told_with_its_string() -> None:
    def refuse(data: bytes) -> bool:
        raise IndexError("beyond the end")

    with pytest.raises(BrokenPromiseError, match=r"careless: IndexError.* at string 0: [0-9a-f]*"):
        run(Target("careless", lambda: refuse, (b"seed",)), 1)


def test_the_crc_is_checked_apart_from_the_parser() -> None:
    assert crc_hqx(b"123456789", 0xFFFF) == 0x29B1
    assert has_right_crc(b"123456789" + b"\xb1\x29")
    assert not has_right_crc(b"123456789" + b"\x29\xb1")
