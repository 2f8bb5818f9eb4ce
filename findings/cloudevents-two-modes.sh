#!/usr/bin/env bash
# The CloudEvents SDK loses data that is false, empty or null in one mode, and turns a JSON text into an object in the other.
#
# Date:      2026-11-29
# Version:   cloudevents 10.0.0 (npm)
# Guess:     The two HTTP modes carry the same event: what is written in either is read back as it was.
# Behaviour: Structured: `false` and the empty text are written, and read back as no data at all. Binary: both are read back,
#            but a text that is JSON ('{"a":1}') comes back as an object, and a time with seven digits loses four in both.
# Output:    structured false → undefined, "" → undefined, text → text; binary false → false, "" → "", text → object;
#            time 2026-11-29T10:00:00.123Z
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund cloudevents@10.0.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { CloudEvent, HTTP } from 'cloudevents'

const through = (mode, data) => {
  const event = new CloudEvent({ id: '1', source: '/soc', type: 'held', time: '2026-11-29T10:00:00.1234567Z', data })
  return HTTP.toEvent(HTTP[mode](event))
}
const shown = mode => {
  const [no, empty, text] = [false, '', '{"a":1}'].map(data => through(mode, data).data)
  return `${mode} false → ${no}, "" → ${JSON.stringify(empty)}, text → ${typeof text === 'string' ? 'text' : typeof text}`
}
console.log(`${shown('structured')}; ${shown('binary')}; time ${through('structured', {}).time}`)
JS
seen=$(timeout 30 node try.mjs)
expected='structured false → undefined, "" → undefined, text → text; binary false → false, "" → "", text → object; time 2026-11-29T10:00:00.123Z'
guess='the same data from both modes, and the time as it was'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
