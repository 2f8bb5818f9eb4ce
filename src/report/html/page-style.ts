/**
 * The style of a page. No colour says anything that words do not say. A change needs a new {@link STYLE_HASH}, which a
 * test names.
 */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --page: #fbfbfa; --card: #fff; --ink: #1c2126; --quiet: #5b646d; --rule: #e3e5e7;
  --impose: #0b7285; --lift: #a0348f; --change: #8f5b00; --run: #2b5fc4; --blocked: #c0272d; --calm: #25763a;
  --waiting: #6b747d; --rest: #d9dcdf; --focus: #2b5fc4; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --card: #1b1f23; --ink: #e4e7ea; --quiet: #9aa4ad;
  --rule: #2c3238; --impose: #4fc3d7; --lift: #e08ad3; --change: #e0ad4a; --run: #82aaf5; --blocked: #ff8087;
  --calm: #6cc785; --waiting: #98a2ac; --rest: #3a4148; --focus: #82aaf5; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding: 2.5rem 0 0; }
h1 { margin: .1rem 0 .6rem; font-size: 1.75rem; line-height: 1.25; font-weight: 620; letter-spacing: -.01em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 0 0 .6rem; font-size: .8125rem; font-weight: 600; color: var(--quiet); letter-spacing: .02em; }
p { margin: 0 0 .35rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
section { margin: 2rem 0 0; }
.kind { color: var(--quiet); margin: 0; font-weight: 600; font-size: .8125rem; letter-spacing: .02em; }
.lead { color: var(--quiet); font-variant-numeric: tabular-nums; }
.alarm { border-left: 3px solid var(--blocked); padding: .1rem 0 .1rem .8rem; margin: .7rem 0; }
.calm h1 { color: var(--calm); }
svg { display: block; width: 100%; }
svg.all { height: 10px; margin: 1.6rem 0 .8rem; border-radius: 5px; background: var(--rest); }
.wide td:first-child { min-width: 7rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; font-size: .875rem; }
.legend b, .chart b { font-weight: 620; font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 2.5rem; }
.chart li { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; margin: 0 0 .45rem; font-size: .875rem; }
.chart svg { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--rule); }
.chart rect { fill: var(--waiting); }
.t-impose { fill: var(--impose); background: var(--impose); }
.t-lift, .t-cancel { fill: var(--lift); background: var(--lift); }
.t-change, .t-warning { fill: var(--change); background: var(--change); }
.t-run, .t-info { fill: var(--run); background: var(--run); }
.t-blocked, .t-error { fill: var(--blocked); background: var(--blocked); }
.t-calm { fill: var(--calm); background: var(--calm); }
.t-waiting { fill: var(--waiting); background: var(--waiting); }
.t-quiet { fill: var(--rest); background: var(--rest); }
.c-impose { color: var(--impose); }
.c-lift, .c-cancel { color: var(--lift); }
.c-change, .c-warning { color: var(--change); }
.c-run, .c-info { color: var(--run); }
.c-blocked, .c-error { color: var(--blocked); }
.c-calm { color: var(--calm); }
.c-waiting, .c-quiet { color: var(--quiet); }
#controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; position: sticky; top: 0; z-index: 1;
  padding: .6rem 0; background: var(--page); }
#controls[hidden], tr[hidden] { display: none; }
#controls label { color: var(--quiet); font-size: .875rem; }
#filter { flex: 1 1 14rem; max-width: 26rem; min-height: 2.25rem; padding: .3rem .7rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--waiting); border-radius: 6px; }
.keys { display: flex; flex-wrap: wrap; gap: .35rem; }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
.keys button { min-height: 2.25rem; padding: .2rem .75rem; font-size: .875rem; border: 1px solid var(--rule); border-radius: 1.2rem; }
.keys button[aria-pressed=true] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
output { margin-left: auto; color: var(--quiet); font-size: .875rem; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; text-align: left; }
th { font-weight: 400; }
thead th { color: var(--quiet); font-weight: 600; font-size: .8125rem; }
th, td { padding: .5rem 1rem .5rem 0; vertical-align: top; overflow-wrap: anywhere; }
tr { border-bottom: 1px solid var(--rule); }
#machines, #machines thead, #machines tbody { display: block; }
#machines tr { display: grid; grid-template-columns: minmax(0, 20rem) minmax(0, 1fr) minmax(0, 16rem); }
#machines tr[hidden], #machines tbody[hidden] { display: none; }
#machines tbody { content-visibility: auto; contain-intrinsic-block-size: auto 3800px; }
#machines tbody:last-of-type { contain-intrinsic-block-size: auto 1900px; }
#machines thead button { padding: 0; min-height: 1.5rem; font-weight: 600; }
#machines thead button::after { content: " \\2195"; opacity: .45; }
#machines [aria-sort=ascending] button::after { content: " \\2191"; opacity: 1; }
#machines [aria-sort=descending] button::after { content: " \\2193"; opacity: 1; }
.name { display: block; font-weight: 600; }
.about, .policy, .note { display: block; color: var(--quiet); font-size: .8125rem; }
.note.c-blocked { color: var(--blocked); }
.note.c-warning { color: var(--change); }
.id { display: block; color: var(--quiet); font: .6875rem/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; user-select: all; }
.badge { display: inline-block; min-width: 5.75rem; padding-right: .5rem; font-weight: 600; }
.facet { font-weight: 600; }
td li + li { margin-top: .35rem; }
details { margin: .5rem 0 0; font-size: .8125rem; }
summary { color: var(--quiet); cursor: pointer; min-height: 1.5rem; }
.lane { display: grid; grid-template-columns: 7rem minmax(0, 1fr); align-items: center; gap: .6rem; margin: .25rem 0; font-size: .8125rem; }
.lane svg { height: 1.5rem; background: var(--card); border: 1px solid var(--rule); border-radius: 3px; }
.t-declared { fill: var(--rest); opacity: .55; }
.axis { display: flex; justify-content: space-between; gap: 1rem; margin: 0 0 .5rem 7.6rem; color: var(--quiet); font-size: .75rem; }
.timeline ul { font-size: .8125rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1.2rem; margin: 0; font-size: .8125rem; color: var(--quiet); }
dd { margin: 0; }
.wide { overflow-x: auto; }
.wide td, .wide bdi { overflow-wrap: break-word; }
footer { margin-top: 3rem; margin-bottom: 3rem; }
footer dl { border-top: 1px solid var(--rule); padding-top: 1.2rem; }
@media (max-width: 46rem) {
  main, footer { padding: 0 1rem; }
  header { padding-top: 1.4rem; }
  h1 { font-size: 1.375rem; }
  #machines thead tr { grid-template-columns: auto auto 1fr; }
  #machines tbody tr { display: block; padding: .7rem 0; }
  #machines tbody tr[hidden] { display: none; }
  #machines tbody th, #machines tbody td { display: block; padding: 0 0 .3rem; }
  #controls { position: static; }
  #filter { max-width: none; flex-basis: 100%; }
  output { margin-left: 0; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --impose: #0b7285;
    --lift: #a0348f; --change: #8f5b00; --run: #2b5fc4; --blocked: #c0272d; --calm: #25763a; --waiting: #6b747d; --rest: #d9dcdf; }
  body { font-size: 10pt; }
  main, footer { max-width: none; padding: 0; }
  #controls { display: none; }
  #machines thead button::after { content: ""; }
  #machines tbody { content-visibility: visible; }
  #machines tbody tr { break-inside: avoid; }
  svg rect, .dot { print-color-adjust: exact; }
  .id { white-space: normal; }
}
`
/** SHA-256 of {@link PAGE_STYLE}, as a Content-Security-Policy names it. */
export const STYLE_HASH: string = 'sha256-6vzMu/rOdH+uV/hQBDwHEoR2gCG3Sol2F0fK3BJNKKw='
