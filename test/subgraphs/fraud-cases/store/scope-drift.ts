// What lists find cases by, against what the tables say: whose charge rows are in, which are of appealed cases, and who has a part in what.

/** What is out of step, a line each; nothing when all is well. */
export async function scopeDrift(
  query: (text: string) => Promise<readonly { readonly drift: string }[]>,
): Promise<readonly string[]> {
  return (await query(DRIFT)).map(({ drift }) => drift);
}

const ROWS = ['block_order', 'information_request', 'duty_clock', 'appeal'] as const;

const PARTS = `
  SELECT id AS case_id, checked_by AS organisation FROM fraud_case WHERE checked_by IS NOT NULL
  UNION SELECT case_id, CASE WHEN reporter LIKE 'operator-%' THEN substr(reporter, 10) ELSE reporter END FROM suspicion_report
  UNION SELECT case_id, operator_code FROM block_order UNION SELECT case_id, operator_code FROM information_request
  UNION SELECT case_id, bank FROM loss UNION SELECT case_id, party FROM duty_clock`;

const DRIFT = [
  ...ROWS.map(
    (table) => `SELECT '${table} ' || r.id AS drift FROM ${table} AS r JOIN fraud_case AS c ON c.id = r.case_id
     WHERE r.charge <> coalesce(c.assignee, '') OR r.is_appealed <> EXISTS (SELECT FROM appeal WHERE appeal.case_id = c.id)`,
  ),
  `SELECT 'fraud_case ' || id FROM fraud_case AS c WHERE c.charge <> coalesce(c.assignee, '')
     OR c.is_appealed <> EXISTS (SELECT FROM appeal WHERE appeal.case_id = c.id)`,
  `SELECT 'no part of ' || organisation || ' in ' || case_id FROM (${PARTS} EXCEPT SELECT case_id, organisation FROM case_part) AS lost`,
  `SELECT 'a part of ' || organisation || ' in ' || case_id FROM (SELECT case_id, organisation FROM case_part EXCEPT (${PARTS})) AS left_over`,
  `SELECT 'the stage of ' || case_id FROM case_part AS p JOIN fraud_case AS c ON c.id = p.case_id
     WHERE p.opened_at <> c.opened_at OR p.stage <> CASE WHEN c.is_open THEN 'OPEN' ELSE c.state END`,
].join(' UNION ALL ');
