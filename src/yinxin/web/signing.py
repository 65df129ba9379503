"""The key that signs the log's checkpoints, derived from the root key."""

from django.conf import settings

from yinxin.evidence.merkle.note import Signer, Verifier
from yinxin.vault.keys import provider


def signer() -> Signer:
    return Signer(settings.YINXIN_ORIGIN, provider().derive("evidence checkpoint"))


def verifier() -> Verifier:
    """The public half: what customers and auditors check proofs with."""
    return signer().verifier
