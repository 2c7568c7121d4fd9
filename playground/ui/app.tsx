/** The whole screen: header, conversation with its input, phone, and the modal on top of them. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { SandboxClock } from "../clock.ts";
import {
  type Interaction,
  interact,
  type Locale,
  type Modal,
  saveUser,
  type User,
} from "../discord.ts";
import { picturesOf } from "../images.ts";
import { type Session, SessionContext } from "../session.ts";
import { texts } from "../texts.ts";
import { useDiscord } from "../use-discord.ts";
import { ClockPanel } from "./clock-panel.tsx";
import { Composer, type Offer } from "./composer.tsx";
import { Conversation } from "./conversation.tsx";
import { Header } from "./header.tsx";
import { ModalDialog } from "./modal-dialog.tsx";
import { Phone } from "./phone.tsx";
import { TroublePanel } from "./trouble-panel.tsx";

interface OpenModal {
  /** Whoever has become somebody else meanwhile does not see the other's form. */
  readonly userId: string;
  readonly id: string;
  readonly modal: Modal;
}

// Each tab may be somebody else: two tabs are two buyers.
const personKey = "konter.person";
const rememberedPerson = () => sessionStorage.getItem(personKey) ?? undefined;
const rememberPerson = (id: string) => sessionStorage.setItem(personKey, id);

export function App({ clock }: { readonly clock: SandboxClock }) {
  const [chosenId, setChosenId] = useState(rememberedPerson);
  const { config, state, users, connected, change } = useDiscord(chosenId);
  const [modal, setModal] = useState<OpenModal>();
  const [offer, setOffer] = useState<Offer>();
  const [phoneOpen, setPhoneOpen] = useState(false);
  const aside = useRef<HTMLElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);

  const user = state?.user;
  const locale: Locale = user?.locale.startsWith("en") ? "en-US" : "id";
  const words = texts[locale];

  const wasOpen = useRef(false);
  useEffect(() => {
    // The sheet covers the conversation, so focus goes with it, there and back.
    if (phoneOpen) aside.current?.querySelector("button")?.focus();
    else if (wasOpen.current) toggle.current?.focus();
    wasOpen.current = phoneOpen;
  }, [phoneOpen]);

  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);

  useEffect(() => {
    // Another tab, or a test, may move the clock as well.
    const sync = () => void clock.sync().catch(() => undefined);
    sync();
    const timer = window.setInterval(sync, 15_000);
    return () => window.clearInterval(timer);
  }, [clock]);

  const userId = user?.id;
  const discordUrl = config?.discord_url;
  const perform = useCallback(
    async (interaction: Interaction) => {
      if (!discordUrl || !userId) return { status: "failed" } as const;
      const answer = await interact(discordUrl, userId, interaction);
      if (answer.status === "acknowledged" && answer.modal && answer.modal_id) {
        setModal({ userId, id: answer.modal_id, modal: answer.modal });
      }
      return answer;
    },
    [discordUrl, userId],
  );

  const session = useMemo<Session | undefined>(
    () =>
      user && {
        user,
        locale,
        words,
        clock,
        perform,
        offerCommand: (line) => setOffer({ line }),
      },
    [user, locale, words, clock, perform],
  );

  if (!config || !state || !session) {
    return <p className="opening">{config ? words.loading : words.unreachable}</p>;
  }

  /** Shown at once, and taken back when it was not saved. */
  async function changeUser(changed: { locale?: Locale; closed?: boolean }) {
    if (!config || !state) return;
    const before = state.user;
    const show = (user: User) =>
      change((known) => (known.user.id === user.id ? { ...known, user } : known));
    show({ ...before, ...changed });
    await saveUser(config.discord_url, before.id, changed).catch(() => show(before));
  }

  function becomePerson(id: string) {
    setModal(undefined);
    setOffer(undefined);
    rememberPerson(id);
    setChosenId(id);
  }

  const newestFirst = state.messages.toReversed();
  return (
    <SessionContext value={session}>
      <div className="screen">
        <Header
          guild={state.guild.name}
          phoneOpen={phoneOpen}
          toggleRef={toggle}
          users={users}
          onUser={becomePerson}
          onLocale={(locale) => void changeUser({ locale })}
          onPhone={() => setPhoneOpen(!phoneOpen)}
        />
        <main className="talk">
          <Conversation state={state} connected={connected} />
          <Composer key={state.user.id} commands={state.commands} offer={offer} />
        </main>
        {/* Escape closes the sheet; a desktop shows the panel always. */}
        <aside
          id="phone"
          ref={aside}
          className="side"
          aria-label={words.phone}
          data-open={phoneOpen}
          onKeyDown={(event) => {
            if (event.key === "Escape") setPhoneOpen(false);
          }}
        >
          {config.midtrans_url !== null && (
            <Phone
              key={state.user.id}
              midtransUrl={config.midtrans_url}
              picturesToScan={() => newestFirst.flatMap(picturesOf).map(({ url }) => url)}
            />
          )}
          <ClockPanel />
          <TroublePanel config={config} onClosed={(closed) => void changeUser({ closed })} />
        </aside>
      </div>
      {modal?.userId === session.user.id && (
        <ModalDialog
          key={modal.id}
          id={modal.id}
          modal={modal.modal}
          onClose={() => setModal(undefined)}
        />
      )}
    </SessionContext>
  );
}
