/** Find: customers as other modules may read them. */
import type { Db } from "../platform/db.ts";
import { selectExists } from "./repository.ts";

/** Whether there is such a customer. */
export async function isCustomer(db: Db, customerId: string): Promise<boolean> {
  return selectExists(db, customerId);
}
