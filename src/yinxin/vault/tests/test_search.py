from uuid import UUID, uuid4

import pytest

from yinxin.vault import search
from yinxin.vault.models import SearchToken

from .inside import command

NAMES = ("张敏", "张敏之", "李强", "曾国伟", "欧阳修文", "Anna Müller", "清河贸易有限公司")


@pytest.fixture
def people(db: str) -> dict[UUID, str]:
    owners = {uuid4(): name for name in NAMES}
    with command():
        for owner, name in owners.items():
            search.index(owner, "name", name)
            search.index(owner, "number", f"11010119900307{7000 + NAMES.index(name)}")
    return owners


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("张敏", {"张敏", "张敏之"}),
        ("敏之", {"张敏之"}),
        ("强", set()),  # one character in the middle of a name finds nothing
        ("张强", set()),
        ("zm", {"张敏"}),
        ("zmz", {"张敏之"}),
        ("ZM", {"张敏"}),
        ("zgw", {"曾国伟"}),  # 曾 is zēng in a name
        ("cgw", {"曾国伟"}),
        ("oyxw", {"欧阳修文"}),
        ("anna", {"Anna Müller"}),
        ("MÜLLER", {"Anna Müller"}),
        ("Ｍüller", {"Anna Müller"}),
        ("清河贸易", {"清河贸易有限公司"}),
        ("有限公司", {"清河贸易有限公司"}),
        ("清河 贸易", {"清河贸易有限公司"}),
        ("", set()),
        ("   ", set()),
        ("'; DROP TABLE", set()),
    ],
)
def test_names(people: dict[UUID, str], query: str, found: set[str]) -> None:
    assert {people[owner] for owner in search.find("name", query)} == found


def test_a_number_is_found_whole_and_by_its_last_four(people: dict[UUID, str]) -> None:
    assert {people[owner] for owner in search.find("number", "7002")} == {"李强"}
    (owner,) = search.find("number", "110101199003077002")
    assert people[owner] == "李强"
    assert search.find_any([("number", "7002", ("whole",))]) == []
    assert search.find("name", "7002") == []  # kinds are kept apart


def test_at_most_the_limit_and_nobody_twice(people: dict[UUID, str]) -> None:
    assert len(search.find("number", "110101", limit=3)) == 3
    found = search.find("name", "张敏")
    assert len(found) == len(set(found))


def test_what_is_forgotten_is_not_found(people: dict[UUID, str]) -> None:
    (owner,) = search.find("name", "李强")
    with command():
        search.forget(owner, "number")
    assert search.find("number", "7002") == []
    assert search.find("name", "李强") == [owner]
    with command():
        search.forget(owner)
    assert search.find("name", "李强") == []
    assert not SearchToken.objects.filter(owner=owner).exists()


def test_indexing_again_adds_nothing(people: dict[UUID, str]) -> None:
    (owner,), before = search.find("name", "李强"), SearchToken.objects.count()
    with command():
        search.index(owner, "name", "李强")
    assert SearchToken.objects.count() == before
