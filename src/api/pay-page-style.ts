/** Style of the pay page: one small sheet, phone first, light and dark. */

export const payPageStyle = `
:root { color-scheme: light dark; --ink: #17202b; --paper: #fff; --back: #eef2f7; --line: #d5dde8;
  --soft: #4d5b6c; --accent: #1f5fc4; --on-accent: #fff; --good: #17693a; --bad: #a3271b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eef5; --paper: #18202b; --back: #0f151d;
  --line: #2f3b4a; --soft: #a9b6c6; --accent: #8ab4ff; --on-accent: #0d1a2e; --good: #7ddb9f; --bad: #ff9d92; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 0 auto; padding: 1.25rem; min-height: 100vh; background: var(--paper); }
h1 { font-size: 1.125rem; margin: 0 0 .5rem; }
.state { font-size: 1.375rem; font-weight: 650; line-height: 1.3; margin: 0 0 1rem; }
.delivered { color: var(--good); } .expired, .cancelled { color: var(--bad); }
section { text-align: center; margin-bottom: 1.25rem; }
section img { display: block; margin: 0 auto 1rem; background: #fff; border-radius: .5rem; max-width: 100%; height: auto; }
section p { margin: 0 0 .75rem; text-wrap: balance; }
.wallet { display: block; padding: .85rem; border-radius: .6rem; background: var(--accent);
  color: var(--on-accent); font-weight: 650; text-decoration: none; }
.wallet:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
dl { margin: 0; border-top: 1px solid var(--line); }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.hint { color: var(--soft); font-size: .875rem; }
`;
