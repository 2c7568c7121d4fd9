/** The phone: scan what the conversation shows or paste a link, look at the bill, pay. */
import {
  type FormEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { formatCountdown, formatRupiah } from "../format.ts";
import { useNow, useSession } from "../session.ts";
import {
  type Bill,
  type BillSource,
  declineBill,
  openBill,
  payBill,
  scanPictures,
  sendMoney,
  type WalletProblem,
} from "../wallet.ts";

type Screen =
  | { readonly name: "home" }
  | { readonly name: "bill"; readonly source: BillSource; readonly bill: Bill }
  | { readonly name: "paid"; readonly bill: Bill }
  | { readonly name: "sent"; readonly bill: Bill }
  /** With the bill, where there is one that money could still be sent for. */
  | { readonly name: "problem"; readonly problem: WalletProblem; readonly bill?: Bill };

interface Props {
  readonly midtransUrl: string;
  /** Addresses of the pictures in the conversation, newest first. */
  readonly picturesToScan: () => readonly string[];
}

export function Phone({ midtransUrl, picturesToScan }: Props) {
  const { words } = useSession();
  const [screen, setScreen] = useState<Screen>({ name: "home" });
  const [busy, setBusy] = useState(false);
  const goHome = () => setScreen({ name: "home" });

  const scanButton = useRef<HTMLButtonElement>(null);
  const wasAway = useRef(false);
  useEffect(() => {
    // The button that led back is gone; focus goes on from the first one of the home screen.
    const away = screen.name !== "home";
    if (wasAway.current && !away) scanButton.current?.focus();
    wasAway.current = away;
  }, [screen.name]);

  /** One thing at a time; whatever it finds out is the next screen. */
  async function go(find: () => Promise<Screen>) {
    if (busy) return;
    setBusy(true);
    setScreen(await find());
    setBusy(false);
  }

  async function open(source: BillSource): Promise<Screen> {
    const opened = await openBill(midtransUrl, source);
    if (opened.outcome === "bill") return { name: "bill", source, bill: opened.bill };
    const { outcome: problem, bill } = opened;
    return bill === undefined ? { name: "problem", problem } : { name: "problem", problem, bill };
  }

  async function scan(): Promise<Screen> {
    const qr = await scanPictures(picturesToScan());
    return qr ? open({ qr }) : { name: "problem", problem: "no_qr" };
  }

  async function pay(source: BillSource, bill: Bill): Promise<Screen> {
    const result = await payBill(midtransUrl, source, bill);
    return result === "success"
      ? { name: "paid", bill }
      : { name: "problem", problem: result, bill };
  }

  async function decline(source: BillSource, bill: Bill): Promise<Screen> {
    const problem = await declineBill(midtransUrl, source, bill);
    return { name: "problem", problem, bill };
  }

  /** Late: the bank does not ask what the bill says. */
  async function send(bill: Bill): Promise<Screen> {
    const sent = await sendMoney(midtransUrl, bill);
    return sent ? { name: "sent", bill } : { name: "problem", problem: "unreachable", bill };
  }

  return (
    <section className="phone" aria-label={words.wallet}>
      <h2 className="phone-brand">{words.wallet}</h2>
      <div className="phone-screen">
        {screen.name === "home" && (
          <Home
            busy={busy}
            scanRef={scanButton}
            onScan={() => go(scan)}
            onLink={(url) => go(() => open({ url }))}
          />
        )}
        {screen.name === "bill" && (
          <BillScreen
            bill={screen.bill}
            busy={busy}
            onPay={() => go(() => pay(screen.source, screen.bill))}
            onDecline={() => go(() => decline(screen.source, screen.bill))}
            onSend={() => go(() => send(screen.bill))}
            onClose={goHome}
          />
        )}
        {screen.name === "paid" && (
          <Result look="success" title={words.paid} button={words.done} onClose={goHome}>
            <p className="amount">{formatRupiah(screen.bill.amount)}</p>
            <p>{words.paidDetail(screen.bill.merchant_name)}</p>
          </Result>
        )}
        {screen.name === "sent" && (
          <Result look="success" title={words.sent} button={words.done} onClose={goHome}>
            <p className="amount">{formatRupiah(screen.bill.amount)}</p>
            <p>{words.sentDetail}</p>
          </Result>
        )}
        {screen.name === "problem" && (
          <Problem
            problem={screen.problem}
            onClose={goHome}
            onSend={billToSend(screen, (bill) => void go(() => send(bill)))}
          />
        )}
      </div>
    </section>
  );
}

interface HomeProps {
  readonly busy: boolean;
  readonly scanRef: Ref<HTMLButtonElement>;
  readonly onScan: () => void;
  readonly onLink: (url: string) => void;
}

function Home({ busy, scanRef, onScan, onLink }: HomeProps) {
  const { words } = useSession();
  const [link, setLink] = useState("");
  const id = useId();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (link.trim()) onLink(link.trim());
  }

  return (
    <div className="phone-home">
      <p className="subtle">{words.walletHint}</p>
      <button
        ref={scanRef}
        type="button"
        className="button primary scan"
        aria-busy={busy}
        onClick={onScan}
      >
        <span className="button-label">{busy ? words.scanning : words.scan}</span>
      </button>
      <form className="link-form" onSubmit={submit}>
        <label htmlFor={id}>{words.link}</label>
        <div>
          <input
            id={id}
            type="text"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            value={link}
            onChange={(event) => setLink(event.target.value)}
          />
          <button type="submit" className="button">
            {words.openLink}
          </button>
        </div>
      </form>
    </div>
  );
}

interface BillScreenProps {
  readonly bill: Bill;
  readonly busy: boolean;
  readonly onPay: () => void;
  readonly onDecline: () => void;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

function BillScreen({ bill, busy, onPay, onDecline, onSend, onClose }: BillScreenProps) {
  const { words } = useSession();
  const leftMs = Date.parse(bill.expires_at) - useNow();
  const title = useFocusOnArrival();
  // While a payment runs its own answer decides, not the countdown.
  if (leftMs <= 0 && !busy) return <Problem problem="expired" onClose={onClose} onSend={onSend} />;
  return (
    <div className="bill">
      <p className="subtle">{words.payTo}</p>
      <h3 ref={title} tabIndex={-1}>
        {bill.merchant_name}
      </h3>
      <p className="amount">{formatRupiah(bill.amount)}</p>
      <p className="subtle">
        {words.expiresIn} <span className="countdown">{formatCountdown(leftMs)}</span>
      </p>
      <button type="button" className="button primary" aria-busy={busy} onClick={onPay}>
        <span className="button-label">{busy ? words.paying : words.pay}</span>
      </button>
      <div className="bill-ways-out">
        <button type="button" className="button" disabled={busy} onClick={onDecline}>
          {words.decline}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onClose}>
          {words.close}
        </button>
      </div>
    </div>
  );
}

interface ProblemProps {
  readonly problem: WalletProblem;
  readonly onClose: () => void;
  readonly onSend?: (() => void) | undefined;
}

function Problem({ problem, onClose, onSend }: ProblemProps) {
  const { words } = useSession();
  const { title, detail } = words.problems[problem];
  return (
    <Result look="problem" title={title} button={words.back} onClose={onClose}>
      <p>{detail}</p>
      {onSend && (
        <button type="button" className="button" onClick={onSend}>
          {words.payLate}
        </button>
      )}
    </Result>
  );
}

/** Money that comes although the bill is over: the shop must cope with that too. */
function billToSend(
  { problem, bill }: Extract<Screen, { name: "problem" }>,
  send: (bill: Bill) => void,
): (() => void) | undefined {
  const over = problem === "expired" || problem === "cancelled";
  return bill && over ? () => send(bill) : undefined;
}

interface ResultProps {
  readonly look: "success" | "problem";
  readonly title: string;
  readonly button: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Result({ look, title, button, onClose, children }: ResultProps) {
  const heading = useFocusOnArrival();
  return (
    <div className="result" data-look={look}>
      <span className="result-mark" aria-hidden="true">
        {look === "success" ? "✓" : "!"}
      </span>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {children}
      <button type="button" className="button" onClick={onClose}>
        {button}
      </button>
    </div>
  );
}

/** The pressed button is gone on the next screen; its title takes the focus and is read out. */
function useFocusOnArrival() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
