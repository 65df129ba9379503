"""Uploaded images: what is none is turned back at once."""

from io import BytesIO

from PIL import Image

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text

MAX_PIXELS = 80_000_000
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}

NO_IMAGE = Text(
    "不是完整的 PNG 或 JPEG 图像，请重新扫描或拍照后上传。",
    "This is no whole PNG or JPEG image; scan or photograph it again.",
)
TOO_LARGE = Text(
    "图像尺寸过大，请降低分辨率后上传。", "The image has too many pixels; scan it with fewer."
)


class Unreadable(ValueError):
    """Bytes that are no usable image; `sentence` says why."""

    def __init__(self, sentence: Text) -> None:
        self.sentence = sentence
        super().__init__(sentence.en)


def opened(content: bytes) -> Image.Image:
    """The decoded image. Raises Unreadable."""
    try:
        image = Image.open(BytesIO(content), formats=list(MEDIA_TYPES))
        if image.width * image.height > MAX_PIXELS:
            raise Unreadable(TOO_LARGE)
        image.load()
    except Unreadable:
        raise
    except Exception as error:  # Pillow's decoders raise almost anything on broken bytes
        raise Unreadable(NO_IMAGE) from error
    return image


def require_image(content: bytes, field: str) -> None:
    try:
        opened(content)
    except Unreadable as wrong:
        raise Invalid((field, wrong.sentence)) from wrong


def media_type(content: bytes) -> str:
    return MEDIA_TYPES["PNG" if content.startswith(b"\x89PNG") else "JPEG"]
