from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "yinxin.customers"
