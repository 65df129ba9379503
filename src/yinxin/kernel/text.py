"""A sentence in both languages of the house."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Chinese first, English complete; `format` fills both with the same values."""

    zh: str
    en: str

    def format(self, **values: object) -> "Text":
        return Text(self.zh.format(**values), self.en.format(**values))

    def in_language(self, code: str) -> str:
        """The sentence for a language code such as `zh-hans` or `en-gb`."""
        return self.en if code.startswith("en") else self.zh

    def __str__(self) -> str:
        return self.zh
