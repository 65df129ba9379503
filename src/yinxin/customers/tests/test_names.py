"""Names: kept as they stand on a document, found however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bank.verbs import Bank

from yinxin.customers import queries
from yinxin.customers.names import kept_name, same_name
from yinxin.kernel.refusals import Invalid

from .cast import person

# typed, kept
CASES = """
欧阳雪|欧阳雪
　欧阳雪　|欧阳雪
买买提•艾力|买买提·艾力
买买提．艾力|买买提·艾力
买买提 · 艾力|买买提·艾力
𠮷田健|𠮷田健
𤋮𡃁|𤋮𡃁
Ａｎｎａ Müller|Anna Müller
J. R. O'Neill-Smith|J. R. O'Neill-Smith
清河（江州）商贸有限公司|清河（江州）商贸有限公司
"""


@pytest.mark.parametrize(("typed", "kept"), [row.split("|") for row in CASES.strip().split("\n")])
def test_names_are_kept_as_they_stand(typed: str, kept: str) -> None:
    assert kept_name(typed) == kept
    assert same_name(typed, kept)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("123456", "没有文字"),
        ("张\ue863", "第 2 个字（U+E863）是自造字"),
        ("<b>张敏</b>", "第 1 个字符“<”不能出现"),
        ("=cmd|张敏", "第 1 个字符“=”不能出现"),
        ("张敏\u202e", "第 3 个字符“?”不能出现"),
    ],
)
def test_what_is_no_name_is_turned_back(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as raised:
        kept_name(typed)
    assert words in raised.value.errors[0][1].zh


@given(st.text(max_size=40))
def test_a_name_that_was_kept_is_kept_again_unchanged(typed: str) -> None:
    try:
        kept = kept_name(typed)
    except Invalid:
        return
    assert kept_name(kept) == kept


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("买买提·艾力", ["买买提艾力", "买买提·艾力", "买买提．艾力", "艾力", "mmtal"]),
        ("𠮷田健", ["𠮷田", "田健"]),
        ("Ａｎｎａ Müller", ["anna", "ＭÜＬＬＥＲ"]),
        ("单雄信", ["sxx"]),
    ],
)
def test_a_customer_is_found_however_the_name_is_typed(
    bank: Bank, name: str, searches: list[str]
) -> None:
    bank.done("张敏", person(name=name))
    viewer = bank.actor("张敏")
    for search in searches:
        assert queries.customers_for(viewer, search).count() == 1, search


def test_a_customer_is_found_by_phone_and_by_the_number_of_an_old_file(bank: Bank) -> None:
    bank.done("张敏", person(phone="+86 138-0013-8000"))
    viewer = bank.actor("张敏")
    for search in ("8613800138000", "8000", "110101900307123"):
        assert queries.customers_for(viewer, search).count() == 1, search
