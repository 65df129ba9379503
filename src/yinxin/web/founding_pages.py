"""建立机构 in the browser: the first page of an empty house, for whoever can read its terminal."""

import hmac
from base64 import b32encode
from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from yinxin.gate import door
from yinxin.people import queries as people
from yinxin.people.commands import EstablishInstitution
from yinxin.uikit.formats import translated
from yinxin.uikit.pydantic_messages import message
from yinxin.vault.keys import derived

from .founding import one_time_password

GROUPS = 4  # of four characters: 80 bits
INSTITUTION = ("name", "name_en", "branch_name", "branch_name_en")
ADMINISTRATORS = ("first", "second")
FOUNDER = ("number", "name", "login")
_FOUNDED: list[bool] = []


def founding_code() -> str:
    """Shown where the house was started, asked for by the page: nobody else founds it first."""
    whole = b32encode(derived("founding code")).decode()
    return "-".join(whole[4 * n : 4 * n + 4] for n in range(GROUPS))


def is_founded() -> bool:
    """Remembered once it is so: it never ends."""
    if not _FOUNDED and people.institution() is not None:
        _FOUNDED.append(True)
    return bool(_FOUNDED)


class FoundingForm(forms.Form):
    founding_code = forms.CharField(
        label=_("建立码"), help_text=_("启动系统的终端里显示的 16 位代码。")
    )
    name = forms.CharField(label=_("机构名称"))
    name_en = forms.CharField(label=_("机构英文名称"))
    branch_name = forms.CharField(label=_("首个网点名称"), initial="总行营业部")
    branch_name_en = forms.CharField(label=_("首个网点英文名称"), initial="Head office")
    first_number = forms.CharField(label=_("第一位管理员工号"))
    first_name = forms.CharField(label=_("第一位管理员姓名"))
    first_login = forms.CharField(label=_("第一位管理员登录名"))
    second_number = forms.CharField(label=_("第二位管理员工号"))
    second_name = forms.CharField(label=_("第二位管理员姓名"))
    second_login = forms.CharField(label=_("第二位管理员登录名"))

    def clean_founding_code(self) -> str:
        code = self.cleaned_data["founding_code"].strip().upper()
        if not hmac.compare_digest(code.encode(), founding_code().encode()):
            raise forms.ValidationError(_("建立码不符，请看启动系统的终端。"))
        return code

    def clean(self) -> None:
        for name in ("number", "login"):
            if self.cleaned_data.get(f"first_{name}") == self.cleaned_data.get(f"second_{name}"):
                self.add_error(f"second_{name}", _("两位管理员不能相同。"))


def founding(request: HttpRequest) -> HttpResponse:
    if is_founded():
        return redirect("inbox")
    form = FoundingForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    passwords = [one_time_password() for _ in ADMINISTRATORS]
    command = _command(form, passwords)
    if command is None:
        return _page(request, form)
    outcome = door.submit(command, people.founder(), "founding")
    if outcome.refused or outcome.replayed:  # somebody else was faster
        return redirect("inbox")
    administrators = list(zip(command.administrators, passwords, strict=True))
    context = {"administrators": administrators, "key_file": settings.YINXIN_KEY_FILE}
    return render(request, "web/founded.html", context)


def _command(form: FoundingForm, passwords: Sequence[str]) -> EstablishInstitution | None:
    """None where the form now says what is wrong."""
    given = form.cleaned_data
    try:
        return EstablishInstitution.model_validate(
            {name: given[name] for name in INSTITUTION}
            | {
                "administrators": [
                    {name: given[f"{which}_{name}"] for name in FOUNDER}
                    | {"password_hash": make_password(password)}
                    for which, password in zip(ADMINISTRATORS, passwords, strict=True)
                ]
            }
        )
    except ValidationError as error:
        for each in error.errors():
            match each["loc"]:
                case ("administrators", int(number), str(name)):
                    field = f"{ADMINISTRATORS[number]}_{name}"
                case (str(field), *_rest):
                    pass
            form.add_error(field, translated(message(each)))
        return None


def _page(request: HttpRequest, form: FoundingForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "web/founding.html", {"form": form}, status=status)
