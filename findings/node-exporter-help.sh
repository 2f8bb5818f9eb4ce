#!/usr/bin/env bash
# The node exporter drops series whose help differs between two files, and says that all went well.
#
# Date:      2026-11-29
# Version:   prometheus-node-exporter 1.5.0-1+b6 (Debian 12), its textfile collector
# Guess:     Two files with the same metric and other labels are both shown: the help is for people. If not,
#            node_textfile_scrape_error is 1, as it is for a file that cannot be parsed.
# Behaviour: Of two files that describe a metric in other words, the series of one are left out; scrape_error is 0 and the
#            log of the default level says nothing. A file without a line end at its end is left out whole, with
#            scrape_error 1.
# Output:    other help: 1 of 2 series, scrape_error 0; same help: 2 of 2, scrape_error 0; no last line end: 0 of 1,
#            scrape_error 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq prometheus-node-exporter=1.5.0-1+b6 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
command -v curl >/dev/null || { echo 'not tried: curl is missing' >&2; exit 2; }

mkdir metrics
scrape() {
  local port=$((20000 + RANDOM % 20000)) page=
  usr/bin/prometheus-node-exporter --collector.disable-defaults --collector.textfile \
    --collector.textfile.directory=metrics --web.listen-address="127.0.0.1:$port" >exporter.log 2>&1 &
  local exporter=$!
  for _ in $(seq 50); do
    page=$(curl -s --max-time 2 "http://127.0.0.1:$port/metrics") && break
    sleep 0.1
  done
  kill "$exporter" && wait "$exporter" 2>/dev/null || true
  echo "$(grep -c '^holds{' <<<"$page" || true) of $1, scrape_error $(sed -n 's/^node_textfile_scrape_error //p' <<<"$page")"
}
write() { printf '# HELP holds %s\n# TYPE holds gauge\nholds{tenant="%s"} 3\n' "$2" "$1" >"metrics/$1.prom"; }
write a 'Machines that are held.'
write b 'Held machines.'
other=$(scrape 2)
write b 'Machines that are held.'
same=$(scrape 2)
rm metrics/b.prom
printf 'holds{tenant="a"} 3' >metrics/a.prom
seen="other help: ${other/ of 2/ of 2 series}; same help: $same; no last line end: $(scrape 1)"
expected='other help: 1 of 2 series, scrape_error 0; same help: 2 of 2, scrape_error 0; no last line end: 0 of 1, scrape_error 1'
guess='2 of 2 twice, and 1 of 1'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
