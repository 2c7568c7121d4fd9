/** Browser: a buyer at the playground in real Chromium, who finds everything by its role and name. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import axe from "axe-core";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

const patienceMs = 10_000;

export const phone = { width: 360, height: 740 };
export const desk = { width: 1280, height: 800 };

// The same engine twice; without a window of its own it takes half the processor.
const installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

// Chromium's own calls home would leave the machine; the tests need none of them.
const quietFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a buyer looks for, by language. */
const wordsOf = {
  id: {
    line: "Ketik / untuk perintah",
    send: "Kirim",
    payGopay: "Bayar GoPay",
    openPage: /^Buka halaman bayar/,
    scan: "Pindai QR",
    pay: "Bayar",
    paid: "Pembayaran berhasil",
    done: "Selesai",
    qr: /^Kode QR GoPay senilai Rp 20\.000/,
  },
  en: {
    line: "Type / for commands",
    send: "Submit",
    payGopay: "Pay with GoPay",
    openPage: /^Open payment page/,
    scan: "Scan QR",
    pay: "Pay",
    paid: "Payment successful",
    done: "Done",
    qr: /^GoPay QR code for Rp 20\.000/,
  },
} as const;

type Words = (typeof wordsOf)[keyof typeof wordsOf];

export interface GameAccount {
  readonly userId: string;
  readonly zoneId: string;
}

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

function launch(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath:
      process.env.CHROMIUM ?? installed.find((path) => existsSync(path)) ?? "chromium",
    args: quietFlags,
  });
  return browser;
}

/** Opens a page of the store in a browser of its own, whose language is `language`. */
export async function openPage(
  t: TestContext,
  url: string,
  options: {
    language?: "id-ID" | "en-US";
    viewport?: { width: number; height: number };
    javaScriptEnabled?: boolean;
  } = {},
): Promise<Page> {
  const context = await (await launch()).newContext({
    viewport: options.viewport ?? desk,
    locale: options.language ?? "id-ID",
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    reducedMotion: "reduce",
  });
  t.after(() => context.close());
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Opens the playground and waits until its shop listens. Fails the test when the page breaks. */
export async function visit(
  t: TestContext,
  storeUrl: string,
  options: { speaks?: "id" | "en"; viewport?: { width: number; height: number } } = {},
) {
  const page = await openPage(t, storeUrl, options);
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(String(error)));
  t.after(() => assert.deepEqual(broken, [], "the page broke"));
  if (options.speaks === "en") await page.getByRole("button", { name: "English" }).click();
  const visitor = createVisitor(page, wordsOf[options.speaks ?? "id"]);
  await visitor.awaitsCommands();
  return visitor;
}

function createVisitor(page: Page, words: Words) {
  const line = page.getByRole("combobox", { name: words.line });
  const phone = page.getByRole("region", { name: /^GoPay/ });
  /** The newest message of the conversation. */
  const card = page.getByRole("log").getByRole("article").last();
  const option = (name: string) => page.getByRole("combobox", { name, exact: true });

  return {
    page,
    words,
    line,
    phone,
    card,
    option,
    button: (name: string | RegExp) => page.getByRole("button", { name }),

    /** The bot has registered its commands. */
    async awaitsCommands() {
      await line.fill("/");
      await page.getByRole("option", { name: /^\/topup/ }).waitFor();
      await line.fill("");
    },

    /** Sends a command as one line. */
    async types(command: string) {
      await line.fill(command);
      await line.press("Enter");
    },

    /** Waits until the newest message says all of this, and returns everything it says. */
    async reads(...parts: (string | RegExp)[]): Promise<string> {
      for (const part of parts) await card.getByText(part).first().waitFor();
      return card.innerText();
    },

    async presses(name: string | RegExp) {
      await card.getByRole("button", { name }).click();
    },

    /** `/topup`, its options by autocomplete, and the form: up to the quote. */
    async quotes(game: string, item: string, account: GameAccount) {
      await this.types("/topup");
      await option("game").pressSequentially(game.slice(0, 3));
      await page.getByRole("option", { name: game }).click();
      await option("produk").pressSequentially(item.slice(0, 3));
      await page.getByRole("option", { name: item }).click();
      await option("produk").press("Enter");
      const form = page.getByRole("dialog", { name: game });
      await form.getByLabel("User ID").fill(account.userId);
      await form.getByLabel("Zone ID").fill(account.zoneId);
      await form.getByRole("button", { name: words.send }).click();
      await card.getByRole("button", { name: words.payGopay }).waitFor();
    },

    /** From `/topup` to the QR code in the conversation. */
    async orders(account: GameAccount) {
      await this.quotes("Mobile Legends", "86 Diamond", account);
      await this.presses(words.payGopay);
      await card.getByRole("img", { name: words.qr }).waitFor();
    },

    /** The phone reads the QR code from the picture in the conversation and pays it. */
    async scansAndPays() {
      await phone.getByRole("button", { name: words.scan }).click();
      await phone.getByText("Rp 20.000").waitFor();
      await phone.getByRole("button", { name: words.pay, exact: true }).click();
      await phone.getByRole("heading", { name: words.paid }).waitFor();
      await phone.getByRole("button", { name: words.done }).click();
    },

    /** The payment page, as the card's link opens it. */
    async opensPayPage(): Promise<Page> {
      const opened = page.context().waitForEvent("page");
      await card.getByRole("link", { name: words.openPage }).click();
      return opened;
    },
  };
}

/** Presses a key until what it should reach has the focus. */
export async function walk(page: Page, key: string, target: Locator): Promise<void> {
  for (let steps = 0; steps < 30; steps++) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} does not lead to ${target}`);
}

/** Waits until `target` has the focus. */
export async function awaitFocus(target: Locator): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await isFocused(target))) {
    assert.ok(performance.now() < until, `${target} never got the focus`);
    await delay(20);
  }
}

async function isFocused(target: Locator): Promise<boolean> {
  if ((await target.count()) === 0) return false;
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

/** What reaches over the right edge of the window, by its text; empty when all fits. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(`[document.documentElement, ...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => element.tagName + " " + element.textContent.slice(0, 60))`);
}

/** How a page may be looked at. Two that follow each other are of both widths and both colours. */
export const looks = [
  { viewport: phone, colorScheme: "light" },
  { viewport: desk, colorScheme: "dark" },
  { viewport: phone, colorScheme: "dark" },
  { viewport: desk, colorScheme: "light" },
] as const;

/** Refuses what axe finds in a page as it stands, and what does not fit, in each of these looks. */
export async function examine(page: Page, name: string, lookedAt = looks.slice()): Promise<void> {
  await page.evaluate(axe.source);
  for (const { viewport, colorScheme } of lookedAt) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const run = "axe.run(document, { resultTypes: ['violations'] })";
    const { violations } = await page.evaluate<axe.AxeResults>(run);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    const where = `${name}-${viewport.width}-${colorScheme}`;
    assert.deepEqual(found, [], where);
    assert.deepEqual(await tooWide(page), [], where);
    await shoot(page, where);
  }
}

/** Keeps a picture in the folder that SCREENSHOTS names; does nothing without it. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
