/** What can go wrong, at the press of a button: the next call of a party's operation fails so. */
import { useState } from "react";
import { callJson } from "../http.ts";
import { useSession } from "../session.ts";
import { troubles } from "../texts.ts";
import type { PlaygroundConfig } from "../use-discord.ts";

interface Props {
  readonly config: PlaygroundConfig;
  readonly onClosed: (closed: boolean) => void;
}

export function TroublePanel({ config, onClosed }: Props) {
  const { user, words } = useSession();
  const [said, setSaid] = useState("");
  const partyUrls = {
    discord: config.discord_url,
    midtrans: config.midtrans_url,
    digiflazz: config.digiflazz_url,
    vip_reseller: config.vip_reseller_url,
  };

  async function order(url: string, trouble: (typeof troubles)[number]) {
    const { operation, fault } = trouble;
    const done = await callJson<unknown>(`${url}/_control/faults`, "POST", {
      operation,
      fault,
    }).then(
      () => words.troubleWaits(words.troubles[trouble.name]),
      () => words.troubleRefused,
    );
    setSaid(done);
  }

  return (
    <details className="trouble">
      <summary>{words.trouble}</summary>
      <p className="subtle">{words.troubleHint}</p>
      <ul>
        {troubles.map((trouble) => {
          const url = partyUrls[trouble.party];
          return (
            url !== null && (
              <li key={trouble.name}>
                <button type="button" className="button" onClick={() => order(url, trouble)}>
                  {words.troubles[trouble.name]}
                </button>
              </li>
            )
          );
        })}
      </ul>
      <label className="check">
        <input
          type="checkbox"
          checked={user.closed}
          onChange={(event) => onClosed(event.target.checked)}
        />
        {words.closesDirect(user.global_name ?? user.username)}
      </label>
      <p className="trouble-said" role="status">
        {said}
      </p>
    </details>
  );
}
