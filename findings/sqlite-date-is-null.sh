#!/usr/bin/env bash
# A Date given to node:sqlite is stored as NULL.
#
# Date:      2026-11-29
# Version:   Node.js 24.21.0 (npm package `node`)
# Guess:     A value that SQLite has no type for is refused, as `undefined` is, or a Date is stored as its ISO text.
# Behaviour: The first argument of run, get and all may be an object of named parameters, and a Date is an object
#            without any. Nothing is bound, parameters that are not bound are NULL, and the statement succeeds. The same
#            Date as second argument is refused.
# Output:    Date first: stored null, changes 1; Date second: ERR_INVALID_ARG_TYPE; undefined: ERR_INVALID_ARG_TYPE;
#            one value for two places: stored null
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"allowScripts":{"node":true}}' >package.json
npm install --silent --no-save --no-audit --no-fund node@24.21.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(':memory:')
db.exec('CREATE TABLE hold (until TEXT, machine TEXT)')
const code = run => {
  try {
    run()
    return 'taken'
  } catch (error) {
    return error.code
  }
}
const date = new Date('2026-11-29T10:00:00Z')
const { changes } = db.prepare('INSERT INTO hold (until) VALUES (?)').run(date)
const stored = db.prepare('SELECT until FROM hold').get().until
const second = code(() => db.prepare('INSERT INTO hold (machine, until) VALUES (?, ?)').run('a', date))
const missing = code(() => db.prepare('INSERT INTO hold (until) VALUES (?)').run(undefined))
db.prepare('INSERT INTO hold (machine, until) VALUES (?, ?)').run('b')
const short = db.prepare("SELECT until FROM hold WHERE machine = 'b'").get().until
console.log(
  `Date first: stored ${stored}, changes ${changes}; Date second: ${second}; undefined: ${missing}; ` +
    `one value for two places: stored ${short}`,
)
JS
seen=$(timeout 30 node_modules/node/bin/node --no-warnings try.mjs)
expected='Date first: stored null, changes 1; Date second: ERR_INVALID_ARG_TYPE; undefined: ERR_INVALID_ARG_TYPE; one value for two places: stored null'
printf 'guess: a Date is refused or stored as text, wherever it stands\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
