"""The cast: the same people in every test and in the demonstration."""

from dataclasses import dataclass

from yinxin.kernel.actor import Duty

HEAD_OFFICE, OTHER_BRANCH = "0001", "0002"


@dataclass(frozen=True)
class Person:
    name: str
    login: str
    number: str
    branch: str
    duties: tuple[Duty, ...] = ()


ADMINISTRATORS = (
    Person("吴刚", "wugang", "9001", HEAD_OFFICE, (Duty.ADMINISTRATOR,)),
    Person("郑凯", "zhengkai", "9002", HEAD_OFFICE, (Duty.ADMINISTRATOR,)),
)
STAFF = (
    Person("张敏", "zhangmin", "1001", HEAD_OFFICE, (Duty.CLERK,)),
    Person("李强", "liqiang", "1002", HEAD_OFFICE, (Duty.REVIEWER,)),
    Person("王芳", "wangfang", "1003", HEAD_OFFICE, (Duty.MANAGER,)),
    Person("孙梅", "sunmei", "1004", HEAD_OFFICE, (Duty.SEAL_REGISTRAR,)),
    Person("何静", "hejing", "1005", HEAD_OFFICE, (Duty.SEAL_REGISTRAR, Duty.RISK)),
    Person("周洁", "zhoujie", "1006", HEAD_OFFICE, (Duty.AUDITOR,)),
    Person("陈立", "chenli", "2001", OTHER_BRANCH, (Duty.MANAGER,)),
    Person("赵六", "zhaoliu", "2002", OTHER_BRANCH),
)
CAST = {person.name: person for person in (*ADMINISTRATORS, *STAFF)}
