from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yinxin.people"

    def ready(self) -> None:
        from . import sign_on  # noqa: F401  connects the sign-on signals
