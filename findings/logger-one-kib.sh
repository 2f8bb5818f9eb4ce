#!/usr/bin/env bash
# logger cuts a record at 1 KiB, or makes two of it, and exits 0.
#
# Date:      2026-11-29
# Version:   bsdutils 1:2.38.1-5+deb12u3 (Debian 12)
# Guess:     A JSON line of 1,500 characters arrives whole over RFC 5424, whose receivers take at least 2,048, or logger fails.
# Behaviour: As an argument the message ends after 1,024 characters, which makes the JSON unreadable; on standard input the
#            rest follows as a message of its own. Both exit 0 and say nothing. `--size 64KiB` sends it whole.
# Output:    argument: exit 0, messages of 1024; standard input: exit 0, messages of 1024 490; with --size: exit 0,
#            messages of 1514
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq bsdutils=1:2.38.1-5+deb12u3 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }

cat >try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { setTimeout as pause } from 'node:timers/promises'

const lengths = []
const socket = createSocket('udp4')
socket.on('message', message => lengths.push(String(message).match(/(?:\{.*|x+"\})$/)[0].length))
await new Promise(resolve => socket.bind(0, '127.0.0.1', resolve))
const record = JSON.stringify({ comment: 'x'.repeat(1500) })
async function send(words, input) {
  lengths.length = 0
  const to = ['--server', '127.0.0.1', '--port', String(socket.address().port), '--udp', '--rfc5424=notq']
  const logger = spawn('usr/bin/logger', [...to, ...words], { stdio: ['pipe', 'inherit', 'inherit'] })
  // With a message as argument logger does not read, and may have ended already.
  logger.stdin.on('error', () => {}).end(input)
  const code = await new Promise(resolve => logger.on('exit', resolve))
  await pause(500)
  return `exit ${code}, messages of ${lengths.join(' ')}`
}
console.log(
  `argument: ${await send([record], '')}; standard input: ${await send([], `${record}\n`)}; ` +
    `with --size: ${await send(['--size', '64KiB', record], '')}`,
)
socket.close()
JS
seen=$(timeout 30 node try.mjs)
expected='argument: exit 0, messages of 1024; standard input: exit 0, messages of 1024 490; with --size: exit 0, messages of 1514'
guess='one message of 1514 each time'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
