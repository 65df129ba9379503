from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "yinxin.transfers"
