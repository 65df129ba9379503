from datetime import UTC, date, datetime
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from yinxin.kernel import clock
from yinxin.kernel.ids import IdSource, human_number, new_id

NOON = datetime(2026, 1, 5, 4, 0, 0, 123456, tzinfo=UTC)


def milliseconds(made: UUID) -> int:
    return made.int >> 80


def test_a_fresh_id_is_a_uuid_of_version_7() -> None:
    before = int(datetime.now(UTC).timestamp() * 1000)
    made = [new_id() for _ in range(1000)]
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert len(set(made)) == 1000
    assert abs(milliseconds(made[0]) - before) < 1000
    assert sorted(made) == made


@given(st.binary(min_size=16, max_size=16))
def test_a_source_draws_version_7_at_its_instant(seed: bytes) -> None:
    source = IdSource(seed, NOON)
    made = [source() for _ in range(20)]
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert {milliseconds(each) for each in made} == {int(NOON.timestamp() * 1000)}
    assert len(set(made)) == 20


def test_preview_and_final_run_draw_the_same_ids() -> None:
    preview, final = IdSource(b"request", NOON), IdSource(b"request", NOON)
    assert [preview() for _ in range(5)] == [final() for _ in range(5)]
    assert IdSource(b"another", NOON)() != IdSource(b"request", NOON)()
    with clock.at(NOON):
        assert IdSource(b"request")() == IdSource(b"request", NOON)()


def test_human_numbers_are_read_aloud() -> None:
    assert human_number("TR", date(2026, 1, 5), 7) == "TR20260105-0007"
    assert human_number("TR", date(2026, 1, 5), 12345) == "TR20260105-12345"
