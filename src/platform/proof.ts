/** Proof: a rule that the books must keep, and what was found when it was asked. */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./db.ts";

export interface Proof {
  /** The rule as a sentence, e.g. "balance rows equal their transfers". */
  readonly rule: string;
  check(db: Db): Promise<Finding>;
}

export interface Finding {
  readonly checkedCount: number;
  readonly brokenCount: number;
  /** The first few, in the order of their subjects. */
  readonly breaches: readonly Breach[];
}

export interface Breach {
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/** Compares what a query gives: rows of (subject, expected, found), all text. One pass, set-based. */
export async function compare(db: Db, rows: RawBuilder<unknown>): Promise<Finding> {
  // Sorting inside the aggregate would sort every row, and not only the broken ones.
  const { rows: findings } = await sql<Finding>`
    select "checkedCount", "brokenCount",
      array(
        select breach from unnest(broken) breach order by breach ->> 'subject' limit 5
      ) as breaches
    from (
      select count(*)::int as "checkedCount",
        count(*) filter (where expected is distinct from found)::int as "brokenCount",
        array_agg(jsonb_build_object('subject', subject, 'expected', expected, 'found', found))
          filter (where expected is distinct from found) as broken
      from (${rows}) compared
    ) counted`.execute(db);
  const [finding] = findings;
  if (finding === undefined) throw new Error("a comparison gave no row");
  return finding;
}
