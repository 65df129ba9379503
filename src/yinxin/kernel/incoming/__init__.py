"""Files from outside as plain values, whatever they hold: read whole and true, or `Unreadable`."""

from yinxin.kernel.text import Text


class Unreadable(Exception):
    """`place` says where in the file: a cell, a row, or a path of elements."""

    def __init__(self, code: str, sentence: Text, place: str = "") -> None:
        self.code, self.sentence, self.place = code, sentence, place
        super().__init__(f"{code}: {sentence.en} {place}".rstrip())
