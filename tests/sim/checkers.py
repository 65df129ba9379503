"""What must be true of the bank at any moment, read by SQL alone and knowing nothing of the code.

Each query names what is wrong; a domain adds its own to the list that the simulation is given.
"""

from collections.abc import Mapping

from django.db import connection

from yinxin.evidence.merkle.note import Signer
from yinxin.evidence.sequencer import Sequencer
from yinxin.evidence.verifier import verify
from yinxin.gate.guards import evidence_bearing

GATE: Mapping[str, str] = {
    "somebody approved their own request": """
        SELECT d.id FROM gate_decision d JOIN gate_request r ON r.execution_id = d.request_id
        JOIN gate_execution e ON e.id = r.execution_id
        WHERE e.actor_id IN (d.actor_id, d.authority_id) OR d.maker_id <> e.actor_id
    """,
    "somebody, or an authority, decided twice": """
        SELECT one.id FROM gate_decision one JOIN gate_decision other
        ON one.request_id = other.request_id AND one.id < other.id
        WHERE ARRAY[one.actor_id, one.authority_id] && ARRAY[other.actor_id, other.authority_id]
    """,
    "a request was executed without the persons of its levels": """
        SELECT r.execution_id FROM gate_request r
        CROSS JOIN LATERAL jsonb_array_elements(r.levels) WITH ORDINALITY AS l(wanted, n)
        WHERE r.state = 'approved'
        AND (SELECT count(*) FROM gate_decision d
             WHERE d.request_id = r.execution_id AND d.verdict = 'approve' AND d.level = n - 1)
            < (wanted->>'count')::int
        AND NOT EXISTS (SELECT FROM gate_twopersonact a
                        WHERE a.act = 'gate.break_glass' AND a.at = r.closed_at
                        AND a.subject_id = r.subject_id AND r.maker_id NOT IN (first_id, second_id))
    """,
    "a decision came after its request was closed": """
        SELECT d.id FROM gate_decision d JOIN gate_request r ON r.execution_id = d.request_id
        WHERE d.at > r.closed_at OR d.at > r.expires_at
    """,
    "a request that was not executed has acted, or one that was has not": """
        SELECT r.execution_id FROM gate_request r JOIN people_staff s ON s.id = r.subject_id
        WHERE r.command = 'people.hire' AND r.state <> 'approved'
    """,
    "a command has not exactly one leaf": """
        SELECT e.id FROM gate_execution e LEFT JOIN (
            SELECT command FROM evidence_outbox UNION ALL SELECT command FROM evidence_leaf
        ) l ON l.command = e.id GROUP BY e.id HAVING count(l.command) <> 1
    """,
    "a write is of a command without a leaf": """
        SELECT id FROM evidence_change WHERE command NOT IN (
            SELECT command FROM evidence_outbox UNION SELECT command FROM evidence_leaf)
    """,
    "a refused command wrote": """
        SELECT c.id FROM evidence_change c JOIN gate_execution e ON e.id = c.command
        WHERE e.outcome = 'refused' AND c.relation NOT IN ('gate_execution', 'gate_mention')
        AND NOT (e.command = 'gate.approve' AND c.relation = 'gate_request')
    """,
    "a pending command did more than ask": """
        SELECT c.id FROM evidence_change c JOIN gate_execution e ON e.id = c.command
        WHERE e.outcome = 'pending'
        AND c.relation NOT IN ('gate_execution', 'gate_mention', 'gate_request')
    """,
}

PEOPLE: Mapping[str, str] = {
    "fewer than two administrators": """
        SELECT count(*) FROM people_dutygrant WHERE duty = 'administrator' AND ended_at IS NULL
        HAVING count(*) < 2
    """,
    "somebody holds duties that exclude each other": """
        SELECT one.staff_id, one.duty, other.duty FROM people_dutygrant one
        JOIN people_dutygrant other USING (staff_id)
        WHERE one.ended_at IS NULL AND other.ended_at IS NULL AND (
            (one.duty, other.duty) IN (('clerk', 'reviewer'), ('clerk', 'manager'),
                ('clerk', 'seal_registrar'), ('custodian', 'manager'))
            OR one.duty IN ('administrator', 'auditor') AND other.duty <> one.duty
               AND other.duty NOT IN ('compliance', 'risk'))
    """,
    "somebody who left has duties or signs on": """
        SELECT s.id FROM people_staff s JOIN people_login l USING (id)
        WHERE s.state = 'left' AND (l.is_active OR EXISTS (
            SELECT FROM people_dutygrant g WHERE g.staff_id = s.id AND g.ended_at IS NULL))
    """,
    "a delegation lends what its lender never held, or too long": """
        SELECT d.id FROM people_delegation d, unnest(d.duties) AS lent
        WHERE d.ends_at - d.starts_at > interval '90 days' OR NOT EXISTS (
            SELECT FROM people_dutygrant g WHERE g.staff_id = d.lender_id AND g.duty = lent)
    """,
}

BANK: Mapping[str, str] = {
    "money was made or lost": """
        SELECT currency, sum(balance) FROM ledger_account GROUP BY currency
        HAVING sum(balance) <> 0
    """,
    "a balance is not the sum of its postings": """
        SELECT a.id, a.balance FROM ledger_account a WHERE a.balance <> (
            SELECT coalesce(sum(CASE WHEN p.credit_id = a.id THEN p.amount ELSE -p.amount END), 0)
            FROM ledger_posting p WHERE a.id IN (p.debit_id, p.credit_id))
    """,
    "what is held is not the sum of the open holds": """
        SELECT a.id FROM ledger_account a WHERE a.held <> (
            SELECT coalesce(sum(h.amount), 0) FROM ledger_hold h
            WHERE h.account_id = a.id AND h.state = 'open')
    """,
    "an account is overdrawn": """
        SELECT id FROM ledger_account WHERE NOT may_overdraw AND balance < held
    """,
    "a closed account has money": """
        SELECT id FROM ledger_account WHERE state = 'closed' AND (balance <> 0 OR held <> 0)
    """,
    "a released transfer was not paid once": """
        SELECT t.id FROM transfers_transfer t LEFT JOIN ledger_posting p
            ON p.cause = t.id AND p.debit_id = t.account_id
        WHERE t.state = 'released' AND t.came_by_id IS NULL GROUP BY t.id, t.amount
        HAVING count(p.id) <> 1 OR sum(p.amount) <> t.amount
    """,
    "a transfer that was not released moved money": """
        SELECT t.id FROM transfers_transfer t JOIN ledger_posting p ON p.cause = t.id
        WHERE t.state <> 'released'
    """,
    "a submitted transfer holds nothing, or another still does": """
        SELECT t.id FROM transfers_transfer t LEFT JOIN ledger_hold h
            ON h.cause = t.id AND h.state = 'open'
        WHERE t.batch_id IS NULL AND (t.state = 'submitted') IS DISTINCT FROM (h.id IS NOT NULL)
    """,
    "one person did two steps that need two": """
        SELECT c.id FROM gate_execution c JOIN gate_decision d ON d.request_id = c.id
        WHERE c.command LIKE 'transfers.release%' AND d.actor_id = c.actor_id
    """,
    "two days are open, or a posting is of a day that never was": """
        SELECT p.id::text FROM ledger_posting p
        WHERE NOT EXISTS (SELECT FROM ledger_businessday d WHERE d.on = p.booked_on)
        UNION ALL
        SELECT min(id::text) FROM ledger_businessday WHERE state = 'open' HAVING count(*) > 1
    """,
    "a trial balance is not zero": """
        SELECT day_id, currency FROM ledger_trialbalance GROUP BY day_id, currency
        HAVING sum(closing) <> 0 OR sum(debits) <> sum(credits)
    """,
    "a group of matched lines and postings does not add up": """
        SELECT coalesce(m.group, m.id), sum(coalesce(l.amount, 0)) FROM reconciliation_match m
        LEFT JOIN reconciliation_statementline l ON l.id = m.line_id
        LEFT JOIN ledger_posting p ON p.id = m.posting_id
        LEFT JOIN ledger_account a ON a.id = p.debit_id AND a.kind = 'nostro'
        GROUP BY 1 HAVING sum(coalesce(l.amount, 0)) <>
            sum(CASE WHEN p.id IS NULL THEN 0 WHEN a.id IS NULL THEN -p.amount ELSE p.amount END)
    """,
    "a seal was checked by whoever entered it": """
        SELECT id FROM seals_specimen
        WHERE checked_by_id IN (entered_by_id, entered_authority_id)
           OR checked_authority_id IN (entered_by_id, entered_authority_id)
    """,
    "two versions of a seal are in force": """
        SELECT one.id FROM seals_specimen one JOIN seals_specimen other
            ON one.seal_id = other.seal_id AND one.id < other.id
        WHERE one.from_on IS NOT NULL AND other.from_on IS NOT NULL
          AND daterange(one.from_on, one.to_on) && daterange(other.from_on, other.to_on)
    """,
    "a customer does business without having been opened": """
        SELECT a.id FROM ledger_account a JOIN customers_customer c ON c.id = a.customer_id
        WHERE c.state = 'registered'
    """,
}

SIGNER = Signer("sim.local/log", b"a key for simulated days only...")


def check(queries: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        for wrong, query in queries.items():
            cursor.execute(query)
            rows = cursor.fetchall()
            assert not rows, f"{wrong}: {rows[:5]}"


def check_evidence() -> int:
    """Sequence what waits, then verify the log and every guarded row; returns the log's size."""
    sequencer, size = Sequencer(SIGNER), 0
    while moved := sequencer.step():
        size += moved
    sequencer.close()
    findings = list(verify([SIGNER.verifier], evidence_bearing()))
    assert not findings, findings[:5]
    return size
