/** The start of the conversation: what this is, what to try, and how to make things fail. */
import { type Command, nameOf } from "../discord.ts";
import { useSession } from "../session.ts";

// The command by its own name, and what to type after it.
const examples = [
  ["price", "ml"],
  ["cek", ""],
  ["topup", ""],
] as const;

interface Props {
  readonly channel: string;
  readonly commands: readonly Command[];
}

export function Welcome({ channel, commands }: Props) {
  const { locale, words, offerCommand } = useSession();
  const lines = examples.map(([name, input]) => {
    const command = commands.find((entry) => entry.name === name);
    return `/${command ? nameOf(command, locale) : name} ${input}`.trim();
  });
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{words.welcome(channel)}</h2>
      <p>{words.welcomeDetail}</p>
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
