import os

import pytest

from .pages import written


@pytest.mark.parametrize(
    ("page", "text"), list(written()), ids=lambda each: getattr(each, "name", "")
)
def test_generated_pages_are_current(page, text) -> None:
    if os.environ.get("WRITE_DOCS"):
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)
    assert page.exists(), "run `make docs`"
    assert page.read_text() == text, "run `make docs`"
