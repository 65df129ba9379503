from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Institution(models.Model):
    """The one institution whose house this is."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=40)
    only = models.BooleanField(default=True)
    founded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["only"], name="people_institution_only_one"),
            models.CheckConstraint(condition=Q(only=True), name="people_institution_is_only"),
        ]


class Branch(models.Model):
    """网点. `path` lists the codes from the head office down, such as `/0001/0012/`."""

    id = models.UUIDField(primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True)
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    path = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="people_branch_code_once")]


class Staff(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active"
        LEFT = "left"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    branch = models.ForeignKey(Branch, models.PROTECT)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    hired_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="people_staff_number_once")]


class DutyGrant(models.Model):
    """A duty (岗位) that somebody holds from an instant until, perhaps, another."""

    id = models.UUIDField(primary_key=True)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="grants")
    duty = models.CharField(max_length=20)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "duty"],
                condition=Q(ended_at__isnull=True),
                name="people_duty_held_once",
            )
        ]


class Delegation(models.Model):
    """转授权: duties that one person lends to another between two instants."""

    id = models.UUIDField(primary_key=True)
    lender = models.ForeignKey(Staff, models.PROTECT, related_name="lent")
    borrower = models.ForeignKey(Staff, models.PROTECT, related_name="borrowed")
    duties = ArrayField(models.CharField(max_length=20))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(lender=F("borrower")), name="people_delegation_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="people_delegation_has_length"
            ),
        ]


class CalendarDay(models.Model):
    """A day that an order of the State Council names: worked or not."""

    on = models.DateField(primary_key=True)
    worked = models.BooleanField()
    source = models.CharField(max_length=100)


class LoginManager(BaseUserManager["Login"]):
    def get_by_natural_key(self, username: str | None) -> "Login":
        return self.get(username=username)


class Login(AbstractBaseUser):
    """Sign-on state alone; the person is the Staff of the same id."""

    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)

    USERNAME_FIELD = "username"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["username"], name="people_login_once")]

    objects = LoginManager()
