/** Proof: a rule that the books must keep, and what was found when it was asked. */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./db.ts";

/** What was touched since the books were last looked at: ids. */
export interface Touched {
  readonly orders: readonly string[];
  readonly customers: readonly string[];
}

export interface Proof {
  /** The rule as a sentence, e.g. "balance rows equal their transfers". */
  readonly rule: string;
  /** Asks it of everything, or of what was touched, where it can be narrowed to that. */
  check(db: Db, touched?: readonly string[]): Promise<Finding>;
  /** What it can be narrowed to. */
  readonly narrowsTo?: keyof Touched;
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

const shownBreaches = 5;

/** A finding of breaches that were found one by one. */
export function firstBreaches(checkedCount: number, breaches: readonly Breach[]): Finding {
  const first = breaches.toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
  return { checkedCount, brokenCount: breaches.length, breaches: first.slice(0, shownBreaches) };
}

/** In SQL: true for all, or for those that were touched. */
export function isAmong(column: string, touched: readonly string[] | undefined) {
  return touched === undefined ? sql`true` : sql`${sql.ref(column)} = any(${touched}::uuid[])`;
}

/** Compares what a query gives: rows of (subject, expected, found), all text. One pass, set-based. */
export async function compare(db: Db, rows: RawBuilder<unknown>): Promise<Finding> {
  // Sorting inside the aggregate would sort every row, and not only the broken ones.
  const { rows: findings } = await sql<Finding>`
    select "checkedCount", "brokenCount",
      array(
        select breach from unnest(broken) breach order by breach ->> 'subject' limit ${sql.lit(shownBreaches)}
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
