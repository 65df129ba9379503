from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yinxin.web"

    def ready(self) -> None:
        from yinxin.gate import registry

        registry.open_rooms()
