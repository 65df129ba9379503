"""How a row says which execution wrote it."""

from uuid import UUID

from django.db import connection
from django.db.models import UUIDField, Value
from django.db.models.expressions import Func
from django.db.models.functions import Cast

# As the door told the guards.
THIS_EXECUTION = Cast(Func(Value("yinxin.command"), function="current_setting"), UUIDField())


def this_execution() -> UUID:
    """The same as a value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('yinxin.command')::uuid")
        found: UUID = cursor.fetchone()[0]
    return found
