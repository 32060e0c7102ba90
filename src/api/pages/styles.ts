/** The pages' one style sheet: calm and dense, light and dark by the system, 390 px first. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f8; --panel: #ffffff; --ink: #17202a; --soft: #56626f; --line: #dde2e7; --accent: #0b63b0; --on-accent: #ffffff;
  --up: #1a7f45; --down: #c4261d; --degraded: #a35a00; --suspect: #8a6100; --blind: #6b4fb3; --pending: #667380;
  --down-ground: #fdeeec; --warn-ground: #fff5e3; --quiet-ground: #eaf5ee; --lost-ground: #3a2a00; --lost-ink: #ffe9b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161b; --panel: #182028; --ink: #e4e9ee; --soft: #9aa7b4; --line: #2a343e; --accent: #6db3f2; --on-accent: #0b1520;
    --up: #58c78a; --down: #ff7a6e; --degraded: #f0a54a; --suspect: #dcb64a; --blind: #b39bf0; --pending: #93a1ae;
    --down-ground: #331b1b; --warn-ground: #2e2413; --quiet-ground: #15271d; --lost-ground: #ffe2a0; --lost-ink: #2b1f00;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--panel); padding: 8px; z-index: 2; }
header.top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; padding: 10px 16px; border-bottom: 1px solid var(--line); background: var(--panel); }
header.top .name { font-weight: 650; font-size: 1.1rem; color: var(--ink); text-decoration: none; margin-right: auto; }
header.top .quiet, header.top button.plain { font-size: .87rem; }
.connection { font-size: .87rem; color: var(--soft); display: inline-flex; align-items: center; gap: 6px; }
.connection::before { content: ""; width: 8px; height: 8px; border-radius: 50%; border: 2px solid var(--pending); }
.connection[data-state="on"]::before { border-color: var(--up); background: var(--up); }
.connection[data-state="lost"]::before { border-color: var(--down); border-radius: 0; }
.lost { display: none; margin: 0; padding: 10px 16px; background: var(--lost-ground); color: var(--lost-ink); font-weight: 600; position: sticky; top: 0; z-index: 1; }
.is-lost .lost { display: block; }
.is-lost main { opacity: .62; }
main { max-width: 1100px; margin: 0 auto; padding: 14px 12px 40px; display: grid; gap: 18px; }
main.narrow { max-width: 520px; }
main > *, .card > * { min-width: 0; }
h1 { font-size: 1.3rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: .82rem; font-weight: 650; margin: 0 0 8px; color: var(--soft); text-transform: uppercase; letter-spacing: .05em; }
h3 { font-size: 1.2rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.soft { color: var(--soft); }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px; display: grid; gap: 10px; overflow-wrap: anywhere; }
.stack { display: grid; gap: 10px; }
#live { gap: 18px; }
#live > :empty { display: none; }
.strip { background: var(--down); color: var(--panel); padding: 10px 14px; border-radius: 8px; font-weight: 600; }
.strip p + p { font-weight: 400; }
.two { display: grid; gap: 18px; align-items: start; }
.two > * { min-width: 0; }
.incident { border-left: 6px solid var(--down); background: var(--down-ground); }
.incident.warning, .incident.info { border-left-color: var(--degraded); background: var(--warn-ground); }
.incident.over { border-left-color: var(--up); background: var(--panel); }
.incident .head { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; }
.incident h3 a { color: var(--ink); text-decoration: none; }
.incident h3 a:hover { text-decoration: underline; }
.cause { font-size: 1.05rem; font-weight: 600; }
.calm { border-left: 6px solid var(--up); background: var(--quiet-ground); }
.calm.unsure { border-left-color: var(--suspect); background: var(--warn-ground); }
.row-actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.row-actions form { margin: 0; }
button, .button { font: inherit; min-height: 40px; padding: 7px 16px; border-radius: 6px; border: 1px solid var(--line); background: var(--panel); color: var(--ink); cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 650; }
button:hover { filter: brightness(1.06); }
button.plain { border: 0; background: none; min-height: 0; padding: 4px 0; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
.verdict { display: inline-flex; align-items: center; gap: 6px; font-weight: 600; white-space: nowrap; }
.verdict svg { width: 14px; height: 14px; flex: none; fill: currentColor; stroke: currentColor; }
.up { color: var(--up); } .down { color: var(--down); } .degraded { color: var(--degraded); }
.suspect { color: var(--suspect); } .blind { color: var(--blind); } .pending, .still { color: var(--pending); }
.flag { font-size: .8rem; border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; color: var(--soft); white-space: nowrap; font-weight: 400; }
.services { list-style: none; margin: 0; padding: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.services > li + li { border-top: 1px solid var(--line); }
.services summary { padding: 10px 14px; cursor: pointer; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: baseline; list-style: none; }
.services summary::-webkit-details-marker { display: none; }
.services summary:hover { background: color-mix(in srgb, var(--accent) 6%, transparent); }
.services .title { font-weight: 600; overflow-wrap: anywhere; padding-left: 16px; position: relative; }
.services .title::before { content: ""; position: absolute; left: 0; top: .42em; border: 5px solid transparent; border-left-color: var(--soft); border-right-width: 0; }
.services details[open] .title::before { transform: rotate(90deg); }
.services .facts { grid-column: 1 / -1; color: var(--soft); font-size: .87rem; display: flex; flex-wrap: wrap; gap: 0 14px; }
.monitors { list-style: none; margin: 0; padding: 0 14px 8px; }
.monitors li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; padding: 6px 0 6px 12px; border-left: 2px solid var(--line); font-size: .93rem; }
.monitors .facts { grid-column: 1 / -1; order: 1; color: var(--soft); font-size: .85rem; display: flex; flex-wrap: wrap; gap: 0 14px; overflow-wrap: anywhere; }
dl.pairs { display: grid; grid-template-columns: minmax(0, 36%) minmax(0, 1fr); gap: 4px 14px; margin: 0; }
dl.pairs dt { color: var(--soft); }
dl.pairs dd { margin: 0; overflow-wrap: anywhere; }
.bad { color: var(--down); font-weight: 600; }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 12px; padding: 7px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.timeline li:first-child { border-top: 0; }
.timeline .kind { color: var(--soft); font-size: .82rem; align-self: center; }
.timeline .text { white-space: pre-line; grid-column: 1 / -1; }
.recent { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px; }
.recent li { display: flex; flex-wrap: wrap; gap: 0 12px; }
textarea, input { font: inherit; width: 100%; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: var(--ink); }
label { display: grid; gap: 4px; }
form.stack { margin: 0; justify-items: start; }
form.stack label { width: 100%; }
code { font-family: ui-monospace, "SFMono-Regular", Menlo, monospace; background: color-mix(in srgb, var(--line) 60%, transparent); padding: 1px 5px; border-radius: 4px; }
@media (min-width: 760px) {
  main { padding: 20px 20px 60px; }
  .services summary { grid-template-columns: minmax(0, 1fr) minmax(0, 34rem) 8.5rem; }
  .services summary, .monitors li { align-items: center; }
  .services summary .facts { grid-column: 2; grid-row: 1; justify-content: flex-end; }
  .services summary .verdict { grid-column: 3; }
  .monitors li { grid-template-columns: minmax(0, 12rem) minmax(0, 1fr) 8.5rem; }
  .monitors .facts { grid-column: 2; grid-row: 1; justify-content: flex-end; }
  .monitors .verdict { grid-column: 3; }
  .timeline li { grid-template-columns: 150px 92px minmax(0, 1fr); align-items: baseline; }
  .timeline .text { grid-column: 3; }
  .timeline .kind { align-self: baseline; }
  dl.pairs { grid-template-columns: minmax(104px, max-content) minmax(0, 1fr); }
  .two { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
}
`;
