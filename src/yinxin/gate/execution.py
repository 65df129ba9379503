"""How a row says which execution wrote it."""

from django.db.models import UUIDField, Value
from django.db.models.expressions import Func
from django.db.models.functions import Cast

# As the door told the guards.
THIS_EXECUTION = Cast(Func(Value("yinxin.command"), function="current_setting"), UUIDField())
