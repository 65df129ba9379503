from django.apps import AppConfig


class UikitConfig(AppConfig):
    name = "yinxin.uikit"
