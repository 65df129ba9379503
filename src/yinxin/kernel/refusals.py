"""Two of the three kinds of no: `Refused` is kept on record, `Invalid` keeps nothing.

The third, a business no, is a fact. Each refusal is declared once, beside the rule that
raises it, with a stable code that names the state and a sentence that says what to do.
"""

from dataclasses import dataclass

from .text import Text


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    sentence: Text
    rule: str


REFUSALS: dict[str, Refusal] = {}


def refusal(code: str, zh: str, en: str, rule: str = "") -> str:
    """Declare a refusal and return its code; `rule` names the law or house rule it rests on."""
    if code in REFUSALS:
        raise ValueError(f"refusal {code} is declared twice")
    REFUSALS[code] = Refusal(code, Text(zh, en), rule)
    return code


class Refused(Exception):
    """The command may not be done now.

    Raises KeyError where the code was never declared or its sentence needs another value.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.refusal = REFUSALS[code]
        self.code = code
        self.values = {name: str(value) for name, value in values.items()}
        self.sentence = self.refusal.sentence.format(**self.values)
        super().__init__(code)


class Invalid(Exception):
    """The command does not even parse. `errors` pairs a field path with what is wrong."""

    def __init__(self, *errors: tuple[str, Text]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{field}: {text.en}" for field, text in errors))
