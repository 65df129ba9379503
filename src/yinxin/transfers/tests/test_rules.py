from contextlib import nullcontext

import pytest

from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.transfers import check_rules, rules
from yinxin.transfers.rules import CheckName, Verdict

WORDS = """
1234.50 CNY  人民币壹仟贰佰叁拾肆元伍角整    passed
1234.50 CNY  壹仟贰佰叁拾肆元伍角            passed
1234.50 CNY  壹仟贰佰叁拾肆圆伍角正          passed
1680.32 CNY  壹仟陆佰捌拾元零叁角贰分        passed
1680.32 CNY  壹仟陆佰捌拾元叁角贰分          passed
107000  CNY  壹拾万柒仟元整                  passed
107000  CNY  人民币壹拾万零柒仟元整          passed
1000    USD  美元壹仟元整                    passed
1000    USD  人民币壹仟元整                  failed
1000    CNY  壹万元整                        failed
1000    CNY  壹佰元整                        failed
1000.05 CNY  壹仟元伍角                      failed
"""


@pytest.mark.parametrize("line", WORDS.strip().splitlines())
def test_check_amount(line: str) -> None:
    amount, currency, words, verdict = line.split()
    assert check_rules.check_amount(Money(amount, currency), words, True).verdict == verdict  # type: ignore[arg-type]


CHECKS = {
    "active": (check_rules.check_identity("active", "C1"), "passed"),
    "not opened": (check_rules.check_identity("registered", "C1"), "failed"),
    "left": (check_rules.check_identity("closed", "C1"), "failed"),
    "open": (check_rules.check_account("open", "1"), "passed"),
    "frozen": (check_rules.check_account("frozen", "1"), "failed"),
    "closed": (check_rules.check_account("closed", "1"), "failed"),
    "genuine": (check_rules.check_seal("genuine"), "passed"),
    "uncertain": (check_rules.check_seal("uncertain"), "attention"),
    "forged": (check_rules.check_seal("forged"), "failed"),
    "no specimen": (check_rules.check_seal("no_specimen"), "failed"),
    "no page": (check_rules.check_seal(None), "attention"),
    "enough": (check_rules.check_balance(Money("5", "CNY"), Money("5", "CNY")), "passed"),
    "short": (check_rules.check_balance(Money("4.99", "CNY"), Money("5", "CNY")), "attention"),
    "no words on a page": (check_rules.check_amount(Money("5", "CNY"), "", True), "attention"),
    "no words, no page": (check_rules.check_amount(Money("5", "CNY"), "", False), "passed"),
    "the first": (check_rules.check_duplicate([]), "passed"),
    "seen before": (check_rules.check_duplicate(["TR1"]), "attention"),
}


@pytest.mark.parametrize("case", CHECKS)
def test_verdicts(case: str) -> None:
    result, verdict = CHECKS[case]
    assert result.verdict == verdict
    assert result.reason.zh
    assert result.reason.en
    assert "{" not in result.reason.zh + result.reason.en


def test_a_seal_check_tells_what_was_seen() -> None:
    result = check_rules.check_seal("forged", [Text("缺损", "damaged"), Text("偏大", "too large")])
    assert result.reason == Text(
        "印鉴不符；缺损；偏大", "The seals are not the registered ones; damaged; too large"
    )


SUBMITTABLE = """
passed    passed     -    done
passed    attention  -    override_needed
passed    attention  why  done
attention attention  why  done
failed    passed     -    checks_failed
failed    attention  why  checks_failed
attention failed     why  checks_failed
"""


@pytest.mark.parametrize("line", SUBMITTABLE.strip().splitlines())
def test_require_submittable(line: str) -> None:
    seal, balance, reason, expected = line.split()
    verdicts = {CheckName.SEAL: Verdict(seal), CheckName.BALANCE: Verdict(balance)}
    answer = nullcontext() if expected == "done" else pytest.raises(Refused, match=expected)
    with answer as refused:
        rules.require_submittable(verdicts, reason.strip("-"))
    if refused:
        assert "{" not in refused.value.sentence.zh + refused.value.sentence.en


# seal check | conclusion of the examination | what counts
BY_EYE = """
passed    |           | passed
attention |           | attention
attention | genuine   | passed
attention | forged    | failed
attention | uncertain | seals_not_compared
failed    | genuine   | failed
"""


@pytest.mark.parametrize("line", BY_EYE.strip().splitlines())
def test_seals_in_doubt_are_compared_by_two_persons(line: str) -> None:
    checked, conclusion, counts = (cell.strip() for cell in line.split("|"))
    verdicts = {CheckName.SEAL: Verdict(checked), CheckName.AMOUNT: Verdict.PASSED}
    if counts == "seals_not_compared":
        with pytest.raises(Refused, match=counts):
            rules.by_eye(verdicts, conclusion)
        return
    assert rules.by_eye(verdicts, conclusion) == verdicts | {CheckName.SEAL: Verdict(counts)}
