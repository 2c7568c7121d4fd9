/** The start of the conversation: what this is, what to try, and how to make things fail. */
import { type DiscordState, nameOf } from "../discord.ts";
import { useSession } from "../session.ts";

// The command by its own name, and what to type after it.
const examples = [
  ["price", "ml"],
  ["cek", ""],
  ["topup", ""],
] as const;

export function Welcome({ state }: { readonly state: DiscordState }) {
  const { channel, commands, staff_channel } = state;
  const { locale, words, offerCommand } = useSession();
  const lines = examples.map(([name, input]) => {
    const command = commands.find((entry) => entry.name === name);
    return `/${command ? nameOf(command, locale) : name} ${input}`.trim();
  });
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{words.welcome(channel.name)}</h2>
      <p>{words.welcomeDetail}</p>
      {staff_channel && <p>{words.welcomeOwner(staff_channel.name)}</p>}
      <p className="chips">
        <span className="subtle">{words.tryFirst}</span>
        {lines.map((line) => (
          <button key={line} type="button" className="chip" onClick={() => offerCommand(line)}>
            {line}
          </button>
        ))}
      </p>
      <details>
        <summary>{words.tryFailure}</summary>
        <dl>
          {words.failures.map(([input, effect]) => (
            <div key={input}>
              <dt>
                <code>{input}</code>
              </dt>
              <dd>{effect}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
