"""A number in digits so large that they are read from two metres."""

from __future__ import annotations

from coach.cli.view import UNKNOWN

_PIXELS = {
    "0": ("#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####"),
    "1": ("..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "2": ("#####", "....#", "....#", "#####", "#....", "#....", "#####"),
    "3": ("#####", "....#", "....#", ".####", "....#", "....#", "#####"),
    "4": ("#...#", "#...#", "#...#", "#####", "....#", "....#", "....#"),
    "5": ("#####", "#....", "#....", "#####", "....#", "....#", "#####"),
    "6": ("#####", "#....", "#....", "#####", "#...#", "#...#", "#####"),
    "7": ("#####", "....#", "....#", "...#.", "..#..", "..#..", "..#.."),
    "8": ("#####", "#...#", "#...#", "#####", "#...#", "#...#", "#####"),
    "9": ("#####", "#...#", "#...#", "#####", "....#", "....#", "#####"),
    UNKNOWN: (".....", ".....", ".....", "#####", ".....", ".....", "....."),
    " ": (".....",) * 7,
}
"""Rows of five pixels; a pixel is a row of the terminal high and two columns wide, about a square."""
DIGIT_ROWS = len(_PIXELS["0"])
PLACES = 3
DIGIT_COLUMNS = 2 * (PLACES * 5 + PLACES - 1)
"""Of the whole number, at scale 1."""


def big_digits(number: str, *, scale: int, ascii_only: bool) -> list[str]:
    """The rows of a number's picture: DIGIT_ROWS of them, each DIGIT_COLUMNS wide, both times `scale`.

    Args:
        number: up to PLACES digits, or the sign for what is not known. It stands at the right.
        scale: how many times as large.
        ascii_only: for terminals without block characters.
    """
    ink = ("#" if ascii_only else "█") * 2 * scale
    rows = []
    for row in range(DIGIT_ROWS):
        pixels = ".".join(_PIXELS[sign][row] for sign in number[-PLACES:].rjust(PLACES))
        rows += [pixels.replace(".", " " * 2 * scale).replace("#", ink)] * scale
    return rows
