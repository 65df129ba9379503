from django.urls import path

from . import views

app_name = "transfers"
urlpatterns = [
    path("", views.transfers, name="transfers"),
    path("<uuid:id>/", views.transfer, name="transfer"),
    path("<uuid:id>/voucher/", views.voucher, name="voucher"),
]
