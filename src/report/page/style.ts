// The page's style sheet: phone first, light and dark, and print.

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1a1d23; --soft: #565d6b; --line: #aab1be; --grid: #e6e9ee; --edge: #dfe3e9;
  --muted: #8d95a3; --good: #00734f; --bad: #b3330a; --link: #005a8f;
  --c1: #0072b2; --c2: #d55e00; --c3: #00855f; --c4: #b0508a; --c5: #8a6d00; --c6: #2f8fc4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151a; --card: #1b1f26; --ink: #e8eaee; --soft: #a9b1bf; --line: #5c6573; --grid: #2c323c; --edge: #2c323c;
    --muted: #7d8695; --good: #35c79a; --bad: #ff8a5c; --link: #6cc0f0;
    --c1: #56b4e9; --c2: #f08a3c; --c3: #1fbf8f; --c4: #e08fc0; --c5: #e0c84a; --c6: #9ad0f2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
h1, h2, h3, h4, p, figure, dl, dd, ul { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.02em; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 2.5rem 0 0.75rem; letter-spacing: -0.01em; }
h3 { font-size: 1.0625rem; line-height: 1.35; }
h4 { font-size: 0.875rem; font-weight: 600; margin-bottom: 0.25rem; }
a { color: var(--link); }
code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 0.9em; }
.brand { color: var(--c1); font-weight: 700; letter-spacing: 0.02em; }
.lead, .key, .says, small, details, .facts dt { color: var(--soft); }
.lead { font-size: 1.125rem; }
.note { margin-top: 1rem; padding: 0.5rem 0.75rem; border-left: 3px solid var(--bad); background: var(--card); }
.tiles { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin-top: 1.25rem; }
.tile { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--card); border: 1px solid var(--edge);
  border-radius: 10px; padding: 0.75rem 0.875rem; }
.tile dt { color: var(--soft); font-size: 0.875rem; line-height: 1.35; }
.tile dd { font-size: 1.375rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.good dd, .passed .sign { color: var(--good); }
.bad dd, .failed .sign { color: var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.125rem; margin-top: 1.25rem; }
nav a { display: inline-block; padding: 0.25rem 0; }
figure, .empty, .checks, .facts { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 1rem 0.9375rem; margin-top: 1rem; }
.empty p { color: var(--soft); margin-top: 0.25rem; }
.key { font-size: 0.875rem; margin-top: 0.125rem; }
figcaption { margin-top: 0.875rem; }
.date { white-space: nowrap; }
.chart { display: block; width: 100%; max-width: var(--w); height: auto; margin: 0.875rem auto 0; overflow: visible; }
.chart text { font-family: inherit; font-variant-numeric: tabular-nums; }
.phone { max-width: 34rem; }
.desktop { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; margin-top: 0.75rem; font-size: 0.875rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 0.375rem; }
.legend svg { width: 0.75rem; height: 0.75rem; flex: none; }
.panels { display: grid; gap: 1.125rem; margin-top: 0.875rem; }
.panels .chart { max-width: none; margin-top: 0; }
details { margin-top: 0.75rem; font-size: 0.875rem; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--link); }
.scroll { overflow: auto; max-height: 24rem; margin-top: 0.5rem; border: 1px solid var(--edge); border-radius: 6px; color: var(--ink); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; font-weight: 400; padding: 0.25rem 0.625rem; white-space: nowrap; border-bottom: 1px solid var(--edge); }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; color: var(--soft); }
.n { text-align: right; }
.checks > li { display: flex; gap: 0.625rem; padding: 0.4375rem 0; border-top: 1px solid var(--edge); }
.checks > li:first-child { border-top: 0; }
.checks > li > div { min-width: 0; }
.sign { font-weight: 700; flex: none; width: 1.125rem; text-align: center; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.says { font-size: 0.9375rem; }
small { display: block; font-size: 0.8125rem; }
.faults { margin: 0.25rem 0 0; font-size: 0.875rem; }
.facts { display: grid; gap: 0.625rem; }
.facts dt { font-size: 0.8125rem; }
.facts dd { color: var(--ink); overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (min-width: 40rem) {
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .panels { grid-template-columns: 1fr 1fr; gap: 1.25rem 1.5rem; }
}
@media (min-width: 52rem) {
  body { padding: 2.5rem 1.5rem 4rem; }
  figure, .empty, .checks, .facts { padding: 1.25rem 1.5rem; }
  .phone { display: none; }
  .desktop { display: block; }
  .tile dd { font-size: 1.625rem; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #999; --grid: #e4e4e4; --edge: #ccc; --muted: #8d95a3;
    --good: #00734f; --bad: #b3330a; --link: #000; --c1: #0072b2; --c2: #d55e00; --c3: #00855f; --c4: #b0508a; --c5: #8a6d00; --c6: #2f8fc4; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav, details { display: none; }
  .phone { display: none; }
  .desktop { display: block; }
  .panels { grid-template-columns: 1fr 1fr; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  h2, h3 { break-after: avoid; }
  figure, .checks > li, .tile, .facts { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
