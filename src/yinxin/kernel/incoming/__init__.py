"""Files from outside as plain values, whatever they hold: read whole and true, or `Unreadable`."""

from yinxin.kernel.text import Text

LARGEST = 64 * 2**20

TOO_LARGE = Text("文件超过 64 MB，请分次报送。", "The file exceeds 64 MB; split it.")


class Unreadable(Exception):
    """`place` says where in the file: a cell, a path of elements, or its row and field."""

    def __init__(
        self, code: str, sentence: Text, place: str = "", row: int | None = None, field: str = ""
    ) -> None:
        if row is not None and not place:
            place = f"{row}:{field}" if field else f"{row}"
        self.code, self.sentence, self.place = code, sentence, place
        self.row, self.field = row, field
        super().__init__(f"{code}: {sentence.en} {place}".rstrip())


def require_small(content: bytes) -> None:
    if len(content) > LARGEST:
        raise Unreadable("too_large", TOO_LARGE)
