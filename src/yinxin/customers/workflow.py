"""实名制: a customer from the registration form to the end of the relationship."""

from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Step, Workflow, describes

from .commands import (
    CloseCustomer,
    DeclineCustomer,
    ImportCustomers,
    OpenCustomer,
    RegisterCustomer,
    ReviveCustomer,
    SuspendCustomer,
)

describes(
    Workflow(
        "customers_customer",
        Text("实名开户与客户管理", "Real-name customers"),
        Text(
            "登记、双人录入、证件识读核对、评级后按风险等级审批开户；此后的变更、中止与销户逐项留痕。",
            "A customer is registered, entered by two persons, compared with the document, rated "
            "and opened with the approval its rating needs; later changes, suspension and closing "
            "leave their evidence one by one.",
        ),
        {
            "registered": Text("已登记", "registered"),
            "active": Text("正常", "active"),
            "suspended": Text("已中止", "suspended"),
            "declined": Text("不予开户", "declined"),
            "closed": Text("已销户", "closed"),
        },
        (
            Step(RegisterCustomer, (NOTHING,), ("registered",)),
            Step(ImportCustomers, (NOTHING,), ("registered", "active")),
            Step(OpenCustomer, ("registered",), ("active",)),
            Step(DeclineCustomer, ("registered",), ("declined",)),
            Step(SuspendCustomer, ("active",), ("suspended",)),
            Step(ReviveCustomer, ("suspended",), ("active",)),
            Step(ReviveCustomer, ("declined",), ("registered",)),
            Step(CloseCustomer, ("active", "suspended"), ("closed",)),
        ),
        (
            "customer_exists",
            "opening_below_requirements",
            "entry_by_same_person",
            "reading_not_in_doubt",
            "customer_not_active",
        ),
        (
            (
                Text("两次录入不一致怎么办？", "What if the two entries differ?"),
                Text(
                    "由第三人对照证件逐项确认以哪次为准；录入人本人不能处理差异。",
                    "A third person compares them with the document item by item; nobody settles a "
                    "difference of their own entry.",
                ),
            ),
            (
                Text("证件号码是 15 位旧号怎么办？", "What of an old number of 15 digits?"),
                Text(
                    "按旧号登记并注明，提示客户换领新证；系统按旧号规则校验。",
                    "It is registered as it is and checked by the old rule; ask the customer to "
                    "renew the document.",
                ),
            ),
        ),
    )
)
