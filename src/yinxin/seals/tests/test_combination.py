"""用印组合: what parses, what it means, and where it does not parse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinxin.seals.combination import (
    DEEPEST,
    LONGEST,
    AnyOf,
    Expression,
    Needed,
    NotAnExpression,
    Which,
    missing,
    parse,
    satisfied,
    unknown_in,
    written,
)
from yinxin.seals.rules import Kind

LETTERS = {
    "G": Which(Kind.COMPANY),
    "F": Which(Kind.LEGAL_REPRESENTATIVE),
    "S": Which(Kind.AUTHORISED),
    "T": Which(Kind.AUTHORISED, 2),
    "N": Which(Kind.SIGNATURE),
}


def seals(letters: str) -> set[Which]:
    return {LETTERS[each] for each in letters}


@pytest.mark.parametrize(
    ("expression", "found", "answer"),
    [
        ("公章", "G", True),
        ("公章", "", False),
        ("公章 且 法人章", "GF", True),
        ("公章 且 法人章", "G", False),
        ("公章AND(法人章OR授权人章)", "GS", True),
        ("公章 and (legal or authorised)", "GT", True),
        ("公章 且 法人章 或 授权人章", "S", True),  # 且 binds closer
        ("公章 且 （法人章 或 授权人章）", "S", False),
        ("授权人章2", "S", False),
        ("授权人章2", "T", True),
        ("任意2(授权人章1、授权人章2、个人签名)", "ST", True),
        ("任意2(授权人章1、授权人章2、个人签名)", "S", False),
        ("任意2枚（公章，法人章，签名）", "GN", True),
        ("any 2 of (company, legal, signature)", "GFN", True),
        ("any 1 of (company and legal, signature)", "G", False),
        ("财务章 或 公章", "G", True),
        ("授权人章２", "T", True),
    ],
)
def test_what_an_expression_means(expression: str, found: str, answer: bool) -> None:
    assert satisfied(parse(expression), seals(found)) is answer


@pytest.mark.parametrize(
    ("expression", "found", "zh", "en"),
    [
        ("公章", "", "公章", "company"),
        ("公章 且 法人章", "G", "法人章", "legal"),
        ("公章 且 法人章", "", "公章、法人章", "company and legal"),
        ("公章 且 (法人章 或 授权人章)", "G", "法人章 或 授权人章", "legal or authorised"),
        (
            "任意2(公章, 法人章, 签名)",
            "",
            "公章、法人章、个人签名 中的 2 枚",
            "2 of company, legal, signature",
        ),
        ("任意2(公章, 法人章, 签名)", "G", "法人章 或 个人签名", "legal or signature"),
    ],
)
def test_what_is_missing_in_words(expression: str, found: str, zh: str, en: str) -> None:
    told = missing(parse(expression), seals(found))
    assert (told.zh, told.en) == (zh, en)


@pytest.mark.parametrize(
    ("expression", "position", "reason"),
    [
        ("", 1, "此处应为印章名称或括号"),
        ("公章 且", 5, "此处应为印章名称或括号"),
        ("公章 法人章", 4, "此处应为“且”“或”或结束"),
        ("公章 且 (法人章", 10, "括号没有闭合"),
        ("公章 且 业务章", 6, "不认识“业”"),
        ("company xor legal", 9, "不认识“xor”"),
        ("任意(公章)", 3, "“任意”后应为枚数"),
        ("任意2 公章", 5, "“任意”后应为括号中的几枚印章"),
        ("任意3(公章, 法人章)", 3, "枚数应为 1 至 2"),
        ("任意0(公章)", 3, "枚数应为 1 至 1"),
        ("授权人章10", 5, "印章序号为 1 至 9"),
        ("公章 ; 法人章", 4, "不认识“;”"),
        ("公章)", 3, "此处应为“且”“或”或结束"),
        ("公" * 301, 301, "最多 300 个字"),
        ("(" * 13 + "公章" + ")" * 13, 14, "括号最多 12 层"),
    ],
)
def test_where_it_does_not_parse(expression: str, position: int, reason: str) -> None:
    with pytest.raises(NotAnExpression) as wrong:
        parse(expression)
    assert wrong.value.position == position
    assert wrong.value.sentence.zh == f"第 {position} 个字：{reason}。"
    assert wrong.value.sentence.en.startswith(f"At character {position}: ")


def _compound(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return (
        st.builds(lambda each: AnyOf(each, len(each), "and"), several)
        | st.builds(lambda each: AnyOf(each, 1, "or"), several)
        | several.flatmap(
            lambda each: st.integers(1, len(each)).map(lambda count: AnyOf(each, count, "any"))
        )
    )


EXPRESSIONS = st.recursive(
    st.builds(Needed, st.sampled_from(Kind), st.integers(0, 9)), _compound, max_leaves=5
)
SEALS = st.sets(st.builds(Which, st.sampled_from(Kind), st.integers(1, 9)))


@given(EXPRESSIONS, st.sampled_from(["zh", "en"]))
def test_what_is_written_parses_to_the_same(expression: Expression, language: str) -> None:
    text = written(expression, language)  # type: ignore[arg-type]
    if len(text) <= LONGEST:
        assert parse(text) == expression


@given(EXPRESSIONS, SEALS, SEALS)
def test_more_seals_never_satisfy_less(
    expression: Expression, found: set[Which], more: set[Which]
) -> None:
    if satisfied(expression, found):
        assert satisfied(expression, found | more)
    else:
        assert missing(expression, found).zh


@given(EXPRESSIONS)
def test_every_seal_that_it_names_is_enough(expression: Expression) -> None:
    everything = {Which(kind, ordinal) for kind in Kind for ordinal in range(1, 10)}
    assert satisfied(expression, everything)
    assert unknown_in(expression, everything) == []
    assert unknown_in(expression, set())


PIECES = st.sampled_from(
    [
        "公章",
        "法人章",
        "授权人章",
        "且",
        "或",
        "and",
        "or",
        "any",
        "任意",
        "2",
        "(",
        "）",
        "，",
        " ",
        "x",
    ]
)


@given(st.text(max_size=LONGEST + 5) | st.lists(PIECES, max_size=30).map("".join))
def test_anything_parses_or_says_where_not(text: str) -> None:
    answer = parsed(text)
    if isinstance(answer, NotAnExpression):
        assert 1 <= answer.position <= len(text) + 1
        assert answer.sentence.zh
        assert answer.sentence.en
    else:
        assert satisfied(answer, {Which(kind, n) for kind in Kind for n in range(1, 10)})


def parsed(text: str) -> Expression | NotAnExpression:
    try:
        return parse(text)
    except NotAnExpression as wrong:
        return wrong


def test_the_bounds_are_what_they_say() -> None:
    parse("(" * DEEPEST + "公章" + ")" * DEEPEST)
    parse("公章".ljust(LONGEST))
