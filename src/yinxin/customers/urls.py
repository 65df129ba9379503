from django.urls import path

from .views import customer, imported, listed, reports, standards

app_name = "customers"
urlpatterns = [
    path("", listed.customers, name="customers"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<uuid:id>/", reports.report, name="report"),
    path("imports/", imported.imports, name="imports"),
    path("imports/<uuid:id>/", imported.import_, name="import"),
    path("standards/", standards.standards, name="standards"),
    path("documents/<uuid:id>/", customer.document, name="document"),
    path("<uuid:id>/", customer.customer, name="customer"),
]
