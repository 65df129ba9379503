from django.urls import path

from . import item_views, report_views, views

app_name = "reconciliation"
urlpatterns = [
    path("statements/", views.bankstatements, name="bankstatements"),
    path("statements/<uuid:id>/", views.bankstatement, name="bankstatement"),
    path("statements/<uuid:id>/report/", report_views.report, name="report"),
    path("reports/<uuid:id>/", report_views.report_print, name="reportprint"),
    path("reports/<uuid:id>/file.<str:form>", report_views.report_file, name="report_file"),
    path("items/", item_views.openitems, name="openitems"),
    path("items/<uuid:id>/", item_views.openitem, name="openitem"),
    path("calendar/", item_views.dueruns, name="dueruns"),
]
