import { useState } from "react";
import { formatTime } from "../format.ts";
import { useNow, useSession } from "../session.ts";

export function ClockPanel() {
  const { clock, locale, words } = useSession();
  const now = useNow();
  const [busy, setBusy] = useState(false);

  async function advance(minutes: number) {
    if (busy) return;
    setBusy(true);
    await clock.advance(minutes * 60).catch(() => undefined);
    setBusy(false);
  }

  return (
    <section className="clock" aria-labelledby="clock-title">
      <h2 id="clock-title">{words.clock}</h2>
      <time className="clock-time" dateTime={new Date(now).toISOString()}>
        {formatTime(now, "T", locale)} WIB
      </time>
      <div className="clock-buttons">
        {[1, 20].map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="button"
            aria-busy={busy}
            onClick={() => advance(minutes)}
          >
            {words.addMinutes(minutes)}
          </button>
        ))}
      </div>
      <p className="subtle">{words.clockHint}</p>
    </section>
  );
}
