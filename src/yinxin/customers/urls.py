from django.urls import path

from . import views

app_name = "customers"
urlpatterns = [
    path("", views.customers, name="customers"),
    path("<uuid:id>/", views.customer, name="customer"),
]
