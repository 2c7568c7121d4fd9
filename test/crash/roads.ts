/** Roads: what may become of an order through the REST API, each walked by a reseller who never gives up. */
import type { Road, Walker } from "./walker.ts";

const ordinary = "10000";
const fromSaldo = { charges: false, walk: (walker: Walker) => walker.orders("saldo") };
const byGopay = {
  charges: true,
  async walk(walker: Walker) {
    await walker.orders("gopay");
    await walker.pays();
  },
};

/** The shortest, which goes along with others. */
export const companion: Road = {
  ...{ name: "delivered from saldo", prefix: ordinary, ends: "delivered", ...fromSaldo },
};

/** The one that takes the longest, and whatever it needs comes of itself. */
export const nobodyPays: Road = {
  ...{ name: "nobody pays", prefix: ordinary, ends: "expired", charges: true },
  walk: (walker) => walker.orders("gopay"),
};

export const roads: readonly Road[] = [
  companion,
  { name: "paid by GoPay, delivered", prefix: ordinary, ends: "delivered", ...byGopay },
  { name: "the supplier refuses", prefix: "99954", ends: "refunded", ...fromSaldo },
  { name: "the supplier's answer is lost", prefix: "99900", ends: "delivered", ...byGopay },
  { name: "pending, then failed", prefix: "99902", ends: "refunded", ...fromSaldo },
  { name: "pending until asked", prefix: "99903", ends: "delivered", ...fromSaldo },
  nobodyPays,
  {
    ...{ name: "the buyer cancels", prefix: ordinary, ends: "cancelled", charges: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.cancels();
    },
  },
  {
    ...{ name: "cancelled, then paid", prefix: ordinary, ends: "refunded", charges: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.cancels();
      await walker.moneyComes();
    },
  },
  {
    ...{ name: "money within the hour after expiry", prefix: ordinary, ends: "delivered" },
    charges: true,
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.comesTo("expired");
      await walker.moneyComes();
    },
  },
  {
    ...{ name: "short, the rest from saldo", prefix: ordinary, ends: "delivered", charges: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.moneyComes(0.6);
      await walker.paysTheRest();
    },
  },
  {
    ...{ name: "short, and nobody says a word", prefix: ordinary, ends: "expired", charges: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.moneyComes(0.6);
    },
  },
  {
    ...{ name: "more than was asked for", prefix: ordinary, ends: "delivered", charges: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.moneyComes(1.25);
    },
  },
  {
    ...{ name: "both charges paid, the first answer lost", prefix: ordinary, ends: "delivered" },
    ...{ charges: true, breaksCharge: true },
    async walk(walker) {
      await walker.orders("gopay");
      await walker.isPayable();
      await walker.moneyComes();
    },
  },
];
