/**
 * Shop database: fills the database of a running store with resellers, their saldo and their quotes, straight
 * into the tables, so that a benchmark measures placing and nothing before it.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

export interface Seller {
  /** What its requests carry in `Authorization: Bearer`. */
  readonly key: string;
  readonly customerId: string;
  /** Quotes that have not become orders yet. */
  readonly quotes: string[];
}

export interface ShopDatabase {
  /** Makes resellers with this many quotes each, over so many SKUs, in turn. */
  sellers(count: number, quotesEach: number, skuCount: number): Promise<Seller[]>;
  /** The same sellers, with as many other quotes. */
  quoted(sellers: readonly Seller[], quotesEach: number, skuCount: number): Promise<Seller[]>;
  /** Puts so many more SKUs on sale, none of them on the shelf. */
  addSkus(count: number): Promise<void>;
  /** Sets how many of every SKU are on the shelf. */
  stock(onHand: number): Promise<void>;
  /** Rows inserted, changed and deleted since the server began. */
  rowsWritten(): Promise<number>;
  orders(state: string): Promise<number>;
  /** Paid, and neither delivered nor refunded. Cheap, so that looking takes nothing from what is measured. */
  underWay(): Promise<number>;
  close(): Promise<void>;
}

const saldoIdr = 1_000_000_000;

/** What benchmarks sell, in a statement: all but the SKUs of the one game that is asked for no zone. */
export const soldSkus = `
  select row_number() over (order by skus.id) - 1 as place, sku_id, skus.code, version, price, cost
  from current_prices join skus on skus.id = sku_id
  where skus.code not like 'VP\\_%' order by skus.id`;

/** Where a store's embedded server is reached, below its data directory, as the owner of the tables. */
export function serverBelow(dataDir: string) {
  return { host: join(dataDir, "pg18"), user: "konter", database: "konter" };
}

/** Opens it on the embedded server below a store's data directory, as the owner of the tables. */
export async function openShopDatabase(dataDir: string): Promise<ShopDatabase> {
  const client = new pg.Client(serverBelow(dataDir));
  await client.connect();
  const number = async (text: string, values: unknown[] = []) => {
    const { rows } = await client.query<{ n: string }>(text, values);
    return Number(rows[0]?.n);
  };
  const quoted = async (sellers: readonly Seller[], quotesEach: number, skuCount: number) => {
    const { rows } = await client.query<{ customer_id: string; ids: string[] }>(
      `with sold as (${soldSkus} limit $3), quoted as (
         insert into quotes (id, customer_id, sku_id, price_version, price, cost, game_code, player_id,
           zone_id, nickname, quoted_at, expires_at)
         select uuidv7(), customer_id, sku_id, version, price, cost, 'ML', '123456789', '2001',
           'Budi', now(), now() + interval '1 day'
         from unnest($1::uuid[]) with ordinality one (customer_id, place)
         cross join generate_series(1, $2) n
         join sold on sold.place = (one.place + n) % (select count(*) from sold)
         returning customer_id, id
       )
       select customer_id, array_agg(id) as ids from quoted group by customer_id`,
      [sellers.map((one) => one.customerId), quotesEach, skuCount],
    );
    const quotesOf = new Map(rows.map((row) => [row.customer_id, row.ids]));
    await client.query("analyze");
    await client.query("checkpoint");
    return sellers.map(({ key, customerId }) => ({
      key,
      customerId,
      quotes: quotesOf.get(customerId) ?? [],
    }));
  };

  return {
    async sellers(count, quotesEach, skuCount) {
      const sellers = Array.from({ length: count }, () => ({
        key: `konter_${randomBytes(32).toString("base64url")}`,
        keyId: randomUUID(),
        customerId: randomUUID(),
      }));
      const hashes = sellers.map((one) => createHash("sha256").update(one.key).digest());
      const keyIds = sellers.map((one) => one.keyId);
      const customerIds = sellers.map((one) => one.customerId);
      await client.query(
        `insert into api_keys (id, name, hash, scopes, created_at)
         select id, 'bench', hash, array['sell'], now() from unnest($1::uuid[], $2::bytea[]) one (id, hash)`,
        [keyIds, hashes],
      );
      await client.query(
        `insert into customers (id, key_id, locale, created_at)
         select id, key_id, 'id', now() from unnest($1::uuid[], $2::uuid[]) one (id, key_id)`,
        [customerIds, keyIds],
      );
      // Posted as the shop posts, or its own proofs would stop it.
      await client.query(
        `select ledger_post(array_agg(row(
           gen_random_uuid(), 'bank', 'customer:' || id, $2::bigint, 'bench:' || id, 'bench', null, now(), null
         )::transfers), now())
         from unnest($1::uuid[]) id`,
        [customerIds, saldoIdr],
      );
      const unquoted = sellers.map(({ key, customerId }) => ({ key, customerId, quotes: [] }));
      return quoted(unquoted, quotesEach, skuCount);
    },
    quoted,
    async addSkus(count) {
      await client.query(
        `with added as (
           insert into skus (game_id, code, name, position, min_stock)
           select games.id, 'BENCH_' || n, 'Bench ' || n, 1000 + n, 0
           from games cross join generate_series(1, $1) n where games.code = 'ML'
           returning id
         ), priced as (
           insert into prices (sku_id, version, price, cost, valid_from)
           select id, 1, 20000, 18000, now() from added
         )
         insert into stock (sku_id, on_hand) select id, 0 from added`,
        [count],
      );
    },
    async stock(onHand) {
      await client.query(
        `with before as (select sku_id, on_hand, reserved from stock), stocked as (
           update stock set on_hand = stock.reserved + $1
           from before where before.sku_id = stock.sku_id
           returning stock.sku_id, before.on_hand as before, stock.on_hand, stock.reserved
         )
         insert into stock_movements (
           sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, moved_at
         )
         select sku_id, 'stocked', before, on_hand, reserved, reserved, 'seed', now() from stocked`,
        [onHand],
      );
    },
    async rowsWritten() {
      // The server's sessions tell their counts once a second.
      await delay(1_500);
      await client.query("select pg_stat_clear_snapshot()");
      return number("select sum(n_tup_ins + n_tup_upd + n_tup_del) as n from pg_stat_user_tables");
    },
    orders: (state) => number("select count(*) as n from orders where state = $1", [state]),
    underWay: () => number("select sum(reserved) as n from stock"),
    close: () => client.end(),
  };
}
