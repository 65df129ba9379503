from django.urls import path

from .views import customer, listed, reports, standards

app_name = "customers"
urlpatterns = [
    path("", listed.customers, name="customers"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<uuid:id>/", reports.report, name="report"),
    path("standards/", standards.standards, name="standards"),
    path("documents/<uuid:id>/", customer.document, name="document"),
    path("<uuid:id>/", customer.customer, name="customer"),
]
