from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "yinxin.ledger"

    def ready(self) -> None:
        from . import belonging, reserved  # noqa: F401  add their questions to the gate's
