"""Documents that the tests draw: an identity card, and a licence."""

from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

BLUE, BLACK = (60, 110, 170), (20, 20, 20)
CARD_PX = (1011, 638)


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    with as_file(files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf") as path:
        return ImageFont.truetype(str(path), size_px)


@cache
def front(name: str = "欧阳雪", number: str = "110101199003071233", sex: str = "男") -> bytes:
    return _drawn(
        ((60, 70, "姓名", 28), (60, 150, "性别", 28), (300, 150, "民族", 28), (60, 225, "出生", 28),
         (260, 225, "年", 28), (350, 225, "月", 28), (440, 225, "日", 28), (60, 300, "住址", 28),
         (60, 520, "公民身份号码", 28)),
        ((160, 64, name, 40), (160, 146, sex, 34), (400, 146, "汉", 34),
         (160, 221, number[6:10], 34), (310, 221, str(int(number[10:12])), 34),
         (400, 221, str(int(number[12:14])), 34), (160, 296, "江州市城东区和平路8号", 34),
         (330, 512, number, 44)),
    )  # fmt: skip


@cache
def licence(name: str = "清河商贸有限公司", number: str = "91110000600037341L") -> bytes:
    return _drawn(
        ((60, 80, "统一社会信用代码", 28), (400, 140, "营业执照", 60), (60, 280, "名称", 28),
         (60, 360, "住所", 28), (60, 440, "法定代表人", 28)),
        ((60, 118, number, 36), (240, 274, name, 36), (240, 354, "江州市城东区和平路8号", 36),
         (240, 434, "周宁", 36)),
    )  # fmt: skip


def _drawn(*layers: tuple[tuple[int, int, str, int], ...]) -> bytes:
    image = Image.new("RGB", CARD_PX, (236, 240, 244))
    draw = ImageDraw.Draw(image)
    for layer, colour in zip(layers, (BLUE, BLACK), strict=True):
        for left, top, text, size in layer:
            draw.text((left, top), text, font=_font(size), fill=colour)
    output = BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
