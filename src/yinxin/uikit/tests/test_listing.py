import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict

from yinxin.kernel.text import Text
from yinxin.uikit import listing
from yinxin.uikit.listing import Choice, Column, Day, Listing, Search

APP, MODEL = Text("应用", "App"), Text("模型", "Model")


def listed(query: str = "", order: str = "-pk", size: int = 3) -> Listing:
    return Listing(
        ContentType.objects.all(),
        QueryDict(query),
        [Column("app_label", APP), Column("model", MODEL), Column("id", MODEL, shown=False)],
        [
            Search("q", MODEL, "model__icontains"),
            Choice("app", APP, "app_label", [("auth", Text("权限", "Auth"))]),
            Day("from", APP, lambda rows, _: rows.none()),
        ],
        order,
        size,
    )


def walk(order: str) -> list[int]:
    seen: list[int] = []
    page = listed(order=order)
    while True:
        seen += [row.pk for row in page.page]
        if not page.next_url:
            return seen
        page = listed(page.next_url[1:], order=order)


@pytest.mark.usefixtures("db")
class TestListing:
    @pytest.mark.parametrize("order", ["-pk", "id", "app_label,model", "-app_label,-model"])
    def test_the_pages_hold_every_row_once_in_order(self, order: str):
        rows = ContentType.objects.order_by(*order.split(","))
        assert walk(order) == list(rows.values_list("pk", flat=True))

    def test_previous_leads_back(self):
        first = listed()
        second = listed(first.next_url[1:])
        third = listed(second.next_url[1:])
        assert listed(third.previous_url[1:]).page == second.page
        assert listed(second.previous_url[1:]).page == first.page
        assert not listed(second.previous_url[1:]).previous_url
        assert listed(second.previous_url[1:]).next_url == first.next_url

    @pytest.mark.parametrize(
        "cursor", ["after=x", "before=x", "after=", "before=99999999", "after=%00"]
    )
    def test_a_cursor_that_means_nothing_is_the_first_page(self, cursor: str):
        assert listed(cursor).page == listed().page

    def test_a_page_costs_one_query(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            page = listed()
            assert page.cells
            assert page.next_url
        assert len(queries) == 1

    def test_filters_narrow_and_chips_take_them_away(self):
        page = listed("q=ｐｅｒｍ&app=auth&columns=model")
        assert [row.model for row in page.page] == ["permission"]
        assert [chip.url for chip in page.chips] == [
            "?app=auth&columns=model",
            "?q=%EF%BD%90%EF%BD%85%EF%BD%92%EF%BD%8D&columns=model",
        ]
        assert page.chips[1].label == Text("权限", "Auth")
        assert page.clear_url == "?columns=model"

    def test_an_answer_that_was_not_offered_filters_nothing(self):
        page = listed("app=nobody&from=yesterday")
        assert not page.chips
        assert page.total == ContentType.objects.count()

    def test_counting_stops(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(listing, "COUNTED_TO", 4)
        assert listed().total_label == "4+"

    def test_the_workbook_holds_what_the_filters_let_through(self):
        from .test_export import cells

        written = cells(listed("app=auth&columns=model").export())
        assert len(written) == 1 + ContentType.objects.filter(app_label="auth").count()


def test_columns_are_the_ones_asked_for_else_those_shown_at_first():
    assert [column.key for column in listed().shown] == ["app_label", "model"]
    assert [column.key for column in listed("columns=id&columns=x").shown] == ["id"]
    assert [column.key for column in listed("columns=x").shown] == ["app_label", "model"]
