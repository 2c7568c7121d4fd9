/** Prepared: statements that a connection has seen before are not parsed and planned anew. */
import pg from "pg";

// What a shop says, several times over. Beyond that a text is made up as it goes, and said once.
const mostNames = 1_000;
// A text with more is of one size of many, each of which a connection would keep.
const mostParameters = 40;
const names = new Map<string, string>();
let nameCount = 0;

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `konter_${++nameCount}`;
  names.set(text, name);
  return name;
}

/** A result has other columns than when it was prepared: the schema was changed meanwhile. */
function isOutdated(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.routine === "RevalidateCachedQuery";
}

/** A client that prepares each text with parameters once on its connection, under a name of its own. */
export class PreparingClient extends pg.Client {
  // Kysely calls it in this one way.
  override query = (async (text: string, values?: readonly unknown[]) => {
    const count = values?.length ?? 0;
    const name = count === 0 || count > mostParameters ? undefined : nameOf(text);
    if (name === undefined) return super.query(text, values as unknown[]);
    try {
      return await super.query({ name, text, values: values as unknown[] });
    } catch (error) {
      // Whoever says it next prepares it again.
      if (isOutdated(error)) names.delete(text);
      throw error;
    }
  }) as pg.Client["query"];
}
