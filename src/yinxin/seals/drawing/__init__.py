"""A seeded artist: seal faces, the imprints they leave and the forms they are put on.

The demonstration bank and the tests draw with it; nothing here decides anything.
"""

from yinxin.seals.drawing.faces import Face, company_seal, draw_seal, personal_seal
from yinxin.seals.drawing.forms import Instruction, Placed, draw_instruction
from yinxin.seals.drawing.imprints import INKS, encode_png, put, stamp
from yinxin.seals.drawing.pieces import carve

__all__ = [
    "INKS",
    "Face",
    "Instruction",
    "Placed",
    "carve",
    "company_seal",
    "draw_instruction",
    "draw_seal",
    "encode_png",
    "personal_seal",
    "put",
    "stamp",
]
