"""The bank calendar: which days are working days, as the State Council orders them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class BankCalendar:
    """`ordered` says of the days that an order names whether they are worked (调休) or not.

    Where the orders end (`known_to`) weekdays are worked and `is_certain` is false, so that a
    caller can warn.
    """

    ordered: Mapping[date, bool]
    known_to: date

    def is_working_day(self, day: date) -> bool:
        return self.ordered.get(day, day.weekday() < 5)

    def is_certain(self, day: date) -> bool:
        return day <= self.known_to

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """`count` working days after `day`; raises ValueError where count is negative."""
        if count < 0:
            raise ValueError("count is not negative")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day
