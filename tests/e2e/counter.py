"""A member of the cast at a browser of their own."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.bank.caller import CSRF, session_of
from tests.bank.cast import CAST
from tests.bank.founding import ONE_TIME_PASSWORD

PASSWORD = "qinghe-e2e-2026"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
STEP = timedelta(seconds=30)
HAN = re.compile("[\u4e00-\u9fff]+")
# All that a page says, but for the button that leads back to Chinese.
SEEN = """() => {
  document.querySelectorAll('body [lang="zh-hans"]').forEach(button => button.remove());
  const said = ['placeholder', 'aria-label', 'title', 'alt'].flatMap(
    name => [...document.querySelectorAll(`[${name}]`)].map(each => each.getAttribute(name)));
  return [document.title, document.body.innerText, ...said].join('\\n');
}"""


class Person:
    """Speaks in what a person does at the screen: fills in, presses, sees."""

    def __init__(self, chromium: Browser, site: str, name: str) -> None:
        self.name, self.login, self.site = name, CAST[name].login, site
        self.context = chromium.new_context(viewport=DESK, locale="zh-CN", base_url=site)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.trouble.append(said.text) if "Content Security" in said.text else None
            ),
        )
        self._secret = ""
        self._codes: set[str] = set()

    def sign_on_first(self, one_time_password: str = ONE_TIME_PASSWORD) -> None:
        """The one-time password is changed, a device enrolled."""
        self.go("/")
        self._sign_on(one_time_password)
        for name, value in (
            ("oldpassword", one_time_password),
            ("password1", PASSWORD),
            ("password2", PASSWORD),
        ):
            self.page.locator(f"[name={name}]").fill(value)
        self.press("修改密码")
        self._secret = self.page.locator("code").inner_text()
        self.fill_code("绑定")
        self.press("返回首页")

    def signed_on(self) -> None:
        """With everything behind them that `sign_on_first` does."""
        for name, value in (("sessionid", session_of(self.login)), ("csrftoken", CSRF)):
            self.context.add_cookies([{"name": name, "value": value, "url": self.site}])
        self.go("/")

    def sign_on(self) -> None:
        self._sign_on(PASSWORD)
        self.fill_code("登录")

    def fill_code(self, button: str) -> None:
        """A fresh code: each counts once, and those next to the present one count, too."""
        totp, now = pyotp.TOTP(self._secret), datetime.now(UTC)
        code = next(c for n in (0, 1, -1) if (c := totp.at(now + n * STEP)) not in self._codes)
        self._codes.add(code)
        self.page.locator("[name=code]").fill(code)
        self.press(button)

    def _sign_on(self, password: str) -> None:
        self.page.locator("[name=login]").fill(self.login)
        self.page.locator("[name=password]").fill(password)
        self.press("登录")

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, (path, answer.status)

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(re.compile(rf"^{re.escape(label)}[:：*]*$")).fill(value)

    def choose(self, label: str, option: str) -> None:
        widget = self.page.get_by_label(re.compile(rf"^{re.escape(label)}\*?$"))
        value = widget.locator("option", has_text=option).first.get_attribute("value")
        widget.select_option(value)

    def upload(self, label: str, content: bytes, name: str = "scan.png") -> None:
        media_type = "image/png" if name.endswith(".png") else "application/octet-stream"
        file = {"name": name, "mimeType": media_type, "buffer": content}
        self.page.get_by_label(re.compile(rf"^{re.escape(label)}\*?$")).set_input_files(file)

    def press(self, title: str) -> None:
        """A button or a link, by its whole title."""
        exact = re.compile(rf"^\s*{re.escape(title)}\s*$")
        main = self.page.locator("main")
        found = main.get_by_role("button", name=exact).or_(main.get_by_role("link", name=exact))
        found.first.click()
        self.page.wait_for_load_state()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def confirms(self, button: str = "确认办理") -> None:
        """Fill-in done: check the preview, and send it."""
        self.press("下一步：核对")
        self.sees("提交后将会")
        self.press(button)

    def shot(self, name: str) -> None:
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)

    def in_language(self, code: str) -> None:
        cookie = {"name": "django_language", "value": code, "url": self.site}
        self.context.add_cookies([cookie])

    def looks_right(self, name: str, path: str, own_words: Sequence[str]) -> list[str]:
        """What is wrong with a page, in both languages and at both widths."""
        wrong = []
        for language in ("zh-hans", "en"):
            self.in_language(language)
            self.go(path)
            for size in (DESK, PHONE):
                self.page.set_viewport_size(size)
                self.shot(f"{name}-{language[:2]}-{size['width']}")
                if (over := self._overflow()) > 0:
                    wrong.append(f"{name} {language} {size['width']}: {over} px too wide")
            if language == "en" and (left := untranslated(self.page.evaluate(SEEN), own_words)):
                wrong.append(f"{name} en: {left}")
        self.page.set_viewport_size(DESK)
        self.in_language("zh-hans")
        return wrong

    def _overflow(self) -> int:
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        over: int = self.page.evaluate(wide)
        return over


def untranslated(text: str, own_words: Sequence[str]) -> list[str]:
    """Chinese that is not the bank's or its customers' own words."""
    for word in sorted(own_words, key=len, reverse=True):
        text = text.replace(word, "")
    return sorted(set(HAN.findall(text)))
