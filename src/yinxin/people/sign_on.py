"""Sign-on events reach the evidence: the one use of signals in the house."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from yinxin.evidence import log
from yinxin.kernel import clock
from yinxin.kernel.ids import new_id
from yinxin.kernel.text import Text

from .models import Login

NOBODY = UUID(int=0)
EVENTS = {
    "people.signed_on": Text("登录", "Signed on"),
    "people.signed_off": Text("退出登录", "Signed off"),
    "people.sign_on_failed": Text("登录失败", "Sign-on failed"),
    "people.password_changed": Text("修改密码", "Password changed"),
    "people.second_factor_added": Text("绑定动态口令", "Second factor added"),
    "people.second_factor_removed": Text("解除动态口令", "Second factor removed"),
}


def _append(name: str, user: Any, outcome: str = "done") -> None:
    log.append(
        command_id=new_id(),
        kind="sign_on",
        name=name,
        actor=str(user.pk if user else NOBODY),
        at=clock.now(),
        outcome=outcome,
        commitments={},
    )


@receiver(user_logged_in)
def signed_on(sender: object, user: Login, **_: object) -> None:
    _append("people.signed_on", user)


@receiver(user_logged_out)
def signed_off(sender: object, user: Login | None, **_: object) -> None:
    if user is not None:
        _append("people.signed_off", user)


@receiver(user_login_failed)
def sign_on_failed(sender: object, credentials: dict[str, Any], **_: object) -> None:
    known = Login.objects.filter(username=credentials.get("username") or "").first()
    _append("people.sign_on_failed", known, "refused")


@receiver(password_changed)
def password_was_changed(sender: object, request: HttpRequest, user: Login, **_: object) -> None:
    # Who has just typed the old password need not do so again to enrol a device.
    record_authentication(request, user, method="password", reauthenticated=True)
    Login.objects.filter(pk=user.pk).update(must_change_password=False)
    _append("people.password_changed", user)


@receiver(authenticator_added)
def second_factor_added(sender: object, user: Login, **_: object) -> None:
    _append("people.second_factor_added", user)


@receiver(authenticator_removed)
def second_factor_removed(sender: object, user: Login, **_: object) -> None:
    _append("people.second_factor_removed", user)


def code_is_right(staff_id: UUID, code: str) -> bool:
    """Whether this is a fresh one-time code of the person's own device; it counts once."""
    device = Authenticator.objects.filter(user_id=staff_id, type=Authenticator.Type.TOTP).first()
    return bool(device and device.wrap().validate_code(code))
