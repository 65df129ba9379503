from datetime import date, datetime, timedelta

from tests.bank.verbs import Bank, code

from yinxin.kernel import clock
from yinxin.people import queries as people
from yinxin.people.commands import SetCalendar


def test_the_state_council_s_days(bank: Bank) -> None:
    calendar = people.bank_calendar()
    for day, working in {
        date(2026, 1, 1): False,
        date(2026, 1, 4): True,  # a Sunday, worked for 2 January
        date(2026, 2, 17): False,  # 春节
        date(2026, 2, 28): True,  # a Saturday
        date(2026, 10, 1): False,
        date(2026, 10, 8): True,
        date(2025, 10, 8): False,
    }.items():
        assert calendar.is_working_day(day) is working, day
    assert calendar.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)


def test_beyond_the_known_orders_weekdays_are_worked_and_uncertain(bank: Bank) -> None:
    calendar = people.bank_calendar()
    assert calendar.known_to == date(2026, 12, 31)
    assert calendar.is_certain(date(2026, 12, 31))
    assert not calendar.is_certain(date(2027, 1, 1))
    assert calendar.is_working_day(date(2027, 1, 1))  # a Friday that no order names yet
    assert not calendar.is_working_day(date(2027, 1, 2))


def test_one_day_does_not_make_its_year_certain(bank: Bank) -> None:
    new_year = SetCalendar(on=date(2027, 1, 1), worked=False, source="通知")
    bank.done("吴刚", new_year, "郑凯")
    calendar = people.bank_calendar()
    assert not calendar.is_working_day(date(2027, 1, 1))
    assert not calendar.is_certain(date(2027, 10, 1))
    for n in range(1, people.HOLIDAYS_A_YEAR):
        rest = SetCalendar(on=date(2027, 1, 1) + timedelta(n), worked=False, source="通知")
        bank.done("吴刚", rest, "郑凯")
    assert people.bank_calendar().known_to == date(2027, 12, 31)


def test_a_day_is_corrected(bank: Bank) -> None:
    day = date(2026, 10, 8)
    bank.done("吴刚", SetCalendar(on=day, worked=False, source="通知"), "郑凯")
    assert not people.bank_calendar().is_working_day(day)
    bank.done("吴刚", SetCalendar(on=day, worked=True, source="更正"), "郑凯")
    assert people.bank_calendar().is_working_day(day)
    assert code(bank.do("张敏", SetCalendar(on=day, worked=True, source="?"))) == "duty_missing"


def test_an_empty_calendar_knows_nothing(db: str) -> None:
    calendar = people.bank_calendar()
    assert calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_certain(date(2026, 10, 1))


def test_the_bank_s_day_is_that_of_its_place(bank: Bank) -> None:
    with clock.at(datetime.fromisoformat("2026-03-01T15:59:59+00:00")):
        assert people.bank_today() == date(2026, 3, 1)
    with clock.at(datetime.fromisoformat("2026-03-01T16:00:00+00:00")):
        assert people.bank_today() == date(2026, 3, 2)
