from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinxin.kernel.calendar import BankCalendar

# 2026: New Year is a Thursday; Sunday 4 January is worked for Friday 2 January.
CALENDAR = BankCalendar(
    {
        date(2026, 1, 1): False,
        date(2026, 1, 2): False,
        date(2026, 1, 3): False,
        date(2026, 1, 4): True,
    },
    known_to=date(2026, 12, 31),
)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),  # a Sunday, 调休
        (date(2026, 1, 5), True),
        (date(2026, 1, 10), False),  # a Saturday that no order names
    ],
)
def test_working_days(day: date, working: bool) -> None:
    assert CALENDAR.is_working_day(day) is working


def test_counting_skips_days_of_rest() -> None:
    assert CALENDAR.next_working_day(date(2025, 12, 31)) == date(2026, 1, 4)
    assert CALENDAR.add_working_days(date(2025, 12, 31), 2) == date(2026, 1, 5)
    assert CALENDAR.add_working_days(date(2026, 1, 3), 0) == date(2026, 1, 3)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 3), -1)


def test_beyond_the_orders_weekdays_are_worked_and_uncertain() -> None:
    assert CALENDAR.is_certain(date(2026, 12, 31))
    new_year = date(2027, 1, 1)  # a Friday
    assert CALENDAR.is_working_day(new_year)
    assert not CALENDAR.is_certain(new_year)


@given(st.dates(date(2025, 12, 1), date(2026, 3, 1)), st.integers(1, 40))
def test_the_days_between_hold_exactly_the_count(day: date, count: int) -> None:
    end = CALENDAR.add_working_days(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(CALENDAR.is_working_day, between)) == count
    assert CALENDAR.is_working_day(end)
