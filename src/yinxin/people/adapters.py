"""How django-allauth signs our people on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from yinxin.vault.keys import decrypt, derived, encrypt


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False  # staff are hired by a command

    def get_password_change_redirect_url(self, request: Any) -> str:
        return "/"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals the secret of each person's device under a key of its own."""

    def encrypt(self, text: str) -> str:
        return encrypt(derived("second factor"), text.encode(), "mfa.authenticator").hex()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = bytes.fromhex(encrypted_text)
        return decrypt(derived("second factor"), sealed, "mfa.authenticator").decode()
