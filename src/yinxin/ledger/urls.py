from django.urls import path

from . import register_views, statement_views, views

app_name = "ledger"
urlpatterns = [
    path("", views.accounts, name="accounts"),
    path("<uuid:id>/", views.account, name="account"),
    path("<uuid:id>/statement/", statement_views.statement, name="statement"),
    path("statements/<uuid:id>/", statement_views.statement_print, name="statementprint"),
    path(
        "statements/<uuid:id>/file.<str:form>",
        statement_views.statement_file,
        name="statement_file",
    ),
    path("outside/", register_views.outside_accounts, name="outsideaccounts"),
    path("outside/<uuid:id>/", register_views.outside_account, name="outsideaccount"),
    path("days/", register_views.business_days, name="businessdays"),
    path("days/<uuid:id>/", register_views.business_day, name="businessday"),
]
