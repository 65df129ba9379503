"""The pages of django-allauth that we offer: staff do not sign up, and administrators reset."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.totp import views as totp
from django.urls import path

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("code/", second_factor.index, name="mfa_index"),
    path("code/sign-on/", second_factor.authenticate, name="mfa_authenticate"),
    path("code/confirm/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("code/device/", totp.activate_totp, name="mfa_activate_totp"),
    path("code/device/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
]
