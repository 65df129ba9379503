from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

SECOND_ADMINISTRATOR = (Level(frozenset({Duty.ADMINISTRATOR})),)

seeds(
    *(
        PolicyRow(command, SECOND_ADMINISTRATOR)
        for command in (
            "people.open_branch",
            "people.hire",
            "people.grant_duty",
            "people.end_duty",
            "people.reset_password",
            "people.dismiss",
            "people.set_calendar",
        )
    )
)
