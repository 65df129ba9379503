from django.urls import path

from . import views

app_name = "reconciliation"
urlpatterns = [
    path("statements/", views.bankstatements, name="bankstatements"),
    path("statements/<uuid:id>/", views.bankstatement, name="bankstatement"),
]
