#!/usr/bin/env bash
# iso8601-duration reads the minus sign and drops it.
#
# Date:      2026-11-29
# Version:   iso8601-duration 2.1.4, @js-temporal/polyfill 0.5.1 (npm)
# Guess:     A duration with a sign (ISO 8601-2, and what Temporal writes) is refused or counts backwards.
# Behaviour: "-P7D" is taken as seven days forwards: the end of "a week before" lies two weeks later.
# Output:    P7D 604800, -P7D 604800, seven days before 2026-11-29 is 2026-12-06, Temporal says 2026-11-22
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund iso8601-duration@2.1.4 @js-temporal/polyfill@0.5.1 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { Temporal } from '@js-temporal/polyfill'
import { end, parse, toSeconds } from 'iso8601-duration'

const from = new Date('2026-11-29T00:00:00Z')
const before = end(parse('-P7D'), from).toISOString().slice(0, 10)
const temporal = Temporal.PlainDate.from('2026-11-29').add(Temporal.Duration.from('-P7D'))
console.log(
  `P7D ${toSeconds(parse('P7D'), from)}, -P7D ${toSeconds(parse('-P7D'), from)}, ` +
    `seven days before 2026-11-29 is ${before}, Temporal says ${temporal}`,
)
JS
seen=$(TZ=UTC timeout 30 node try.mjs)
expected='P7D 604800, -P7D 604800, seven days before 2026-11-29 is 2026-12-06, Temporal says 2026-11-22'
guess='-P7D is refused, or -604800 and 2026-11-22'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
