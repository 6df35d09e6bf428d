import { html } from './escape.ts'
import type { Html } from './escape.ts'

/** Ours alone, so that it needs no escape. Both schemes, and paper. */
const style: Html = {
  html: `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --red: #b3261e; --green: #1a7f37; --yellow: #8a6100; --cyan: #0b6e8a; }
@media (prefers-color-scheme: dark) { :root { --red: #ff7b72; --green: #56d364; --yellow: #e3b341; --cyan: #76d5ee; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; margin-bottom: .25rem; }
code, pre, td.name { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; } th { text-align: left; font-weight: 600; white-space: nowrap; } td, th { padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
details { margin: 0; } summary { cursor: pointer; list-style: none; } summary::-webkit-details-marker { display: none; } summary::after { content: ' ▸'; } details[open] > summary::after { content: ' ▾'; } details > div { margin: .25rem 0 .75rem 1.25rem; }
pre { background: var(--soft); padding: .4rem .6rem; margin: .2rem 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
ul { margin: .25rem 0; padding-left: 1.25rem; } li { margin: .1rem 0; break-inside: avoid; } h3 + ul { columns: 24rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; } .counts li { background: var(--soft); border-radius: .4rem; padding: .2rem .7rem; }
.red { color: var(--red); } .green { color: var(--green); } .yellow { color: var(--yellow); } .cyan { color: var(--cyan); } .dim { opacity: .7; }
.badge { display: inline-block; min-width: 6.5rem; font-weight: 600; }
@media print { details::details-content { content-visibility: visible; display: block; } body { max-width: none; margin: 0; } }
`,
}

/**
 * A page in one file: no scripts, and nothing that is loaded from anywhere (its own policy forbids both, so that not even a mistake of ours could
 * run what a hostile name holds).
 */
export const page = (title: string, body: Html): string =>
  `${
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
          />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>${title}</title>
          <style>
            ${style}
          </style>
        </head>
        <body>
          ${body}
        </body>
      </html>`.html
  }\n`
