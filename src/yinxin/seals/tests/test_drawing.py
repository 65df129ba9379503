"""The artist draws what it is told, and the same again."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from yinxin.seals.drawing import (
    INKS,
    Instruction,
    Placed,
    company_seal,
    draw_instruction,
    draw_seal,
    encode_png,
    personal_seal,
    put,
    stamp,
)
from yinxin.seals.vision.decode import decode

FORM = Instruction(
    number="ZZ20250318000127",
    on=date(2025, 3, 18),
    payer="清河商贸有限公司",
    payer_account="6222021001098765432",
    payer_bank="清河银行江州分行营业部",
    payee="江州远山精密机械制造股份有限公司",
    payee_account="33010401600012345",
    payee_bank="江州农商银行城东支行",
    amount="1,286,500.38",
    amount_words="壹佰贰拾捌万陆仟伍佰元叁角捌分",
)


def test_a_round_seal_has_its_size_and_a_whole_ring() -> None:
    mask = draw_seal(company_seal("清河商贸有限公司"), dpi=600)
    rows, columns = np.nonzero(mask > 127)
    for places in (rows, columns):
        assert (places.max() - places.min() + 1) / 600 * 25.4 == pytest.approx(40, abs=0.1)
    middle = np.array(mask.shape) / 2
    way = np.radians(np.arange(360))
    radius = (20 - 0.6) / 25.4 * 600
    ring = mask[
        (middle[0] + radius * np.sin(way)).astype(int),
        (middle[1] + radius * np.cos(way)).astype(int),
    ]
    assert ring.min() == 255


def test_the_company_text_and_the_star_stand_upright_on_the_axis() -> None:
    """A name of one letter stands at the top; without it only star and ring remain."""
    bare = replace(company_seal("", ""), star_mm=13.0)
    mask = draw_seal(bare)
    assert np.abs(mask.astype(int) - mask[:, ::-1]).mean() < 2
    lettered = draw_seal(replace(bare, text="中")).astype(int) - mask
    rows, columns = np.nonzero(lettered > 127)
    assert rows.max() < mask.shape[0] / 2.5
    assert abs(columns.mean() - mask.shape[1] / 2) < 5


def test_text_that_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        draw_seal(company_seal("江" * 60))
    with pytest.raises(ValueError, match="no glyph"):
        draw_seal(personal_seal("\u0c85之印"))


def test_a_name_seal_reads_from_the_right() -> None:
    left_of = draw_seal(personal_seal("一口")).astype(int)
    half = left_of.shape[1] // 2
    assert left_of[:, :half].sum() > left_of[:, half:].sum()  # 口 has the more ink


@pytest.mark.parametrize("colour", INKS)
def test_the_same_seed_leaves_the_same_imprint(colour: str) -> None:
    face = draw_seal(personal_seal("张三之印"))
    first = stamp(face, 7, 12, 0.8, colour)
    assert np.array_equal(first, stamp(face, 7, 12, 0.8, colour))
    assert not np.array_equal(first, stamp(face, 8, 12, 0.8, colour)[: first.shape[0]])


def test_less_pressure_leaves_less_ink() -> None:
    face = draw_seal(personal_seal("张三之印"))
    inked = [float(stamp(face, 3, 0, pressure)[..., 3].sum()) for pressure in (0.3, 0.6, 1.0, 1.4)]
    assert inked == sorted(inked)


def test_an_imprint_may_hang_over_the_edge() -> None:
    page = np.full((200, 300, 3), 250, np.uint8)
    imprint = stamp(draw_seal(personal_seal("张三之印")), 1)
    assert put(page, imprint, (0, 0))[:50, :50].min() < 200
    assert np.array_equal(put(page, imprint, (-900, 40)), page)


def test_the_form_is_half_a_sheet_with_red_only_where_it_was_sealed() -> None:
    seal = Placed(stamp(draw_seal(company_seal("清河商贸有限公司")), 3, 8), 48, 106)
    plain, sealed = (draw_instruction(FORM, seals, seed=5) for seals in ((), (seal,)))
    assert plain.shape == (1748, 2480, 3)
    for page, red in ((plain, False), (sealed, True)):
        tint = page[..., 2].astype(int) - page[..., 0]
        assert (tint > 90).any() == red
    assert np.array_equal(sealed, draw_instruction(FORM, (seal,), seed=5))


def test_png_carries_its_resolution() -> None:
    page = np.full((60, 80, 3), 250, np.uint8)
    read = decode(encode_png(page, 300))
    assert read.dpi == pytest.approx(300, abs=0.1)
    assert np.array_equal(read.image, page)
