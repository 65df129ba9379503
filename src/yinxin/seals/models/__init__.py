"""The tables: cards with their seals and versions, and what was found on items."""

from .cards import (
    Application,
    CardCopy,
    Combination,
    FurtherImprint,
    Seal,
    SealCard,
    SharedAccount,
    Specimen,
)
from .verifications import (
    Comparison,
    Finding,
    ReturnNotice,
    ReturnReason,
    SealWarning,
    Threshold,
    Verification,
)

__all__ = [
    "Application",
    "CardCopy",
    "Combination",
    "Comparison",
    "Finding",
    "FurtherImprint",
    "ReturnNotice",
    "ReturnReason",
    "Seal",
    "SealCard",
    "SealWarning",
    "SharedAccount",
    "Specimen",
    "Threshold",
    "Verification",
]
