"""Every sentence that a template says has its English."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOM = Path(__file__).parents[1]
SAID = re.compile(r'{% translate "([^"]*)"')


def test_every_sentence_is_in_the_catalogue():
    with open(ROOM / "locale/en/LC_MESSAGES/django.po", encoding="utf-8") as file:
        catalogue = read_po(file, locale="en")
    said = {
        sentence
        for template in (ROOM / "templates").rglob("*.html")
        for sentence in SAID.findall(template.read_text(encoding="utf-8"))
    }
    translated = {str(message.id) for message in catalogue if message.string}
    assert said - translated == set()


def test_templates_hold_no_inline_script_or_style():
    for template in (ROOM / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text
        ), template.name
