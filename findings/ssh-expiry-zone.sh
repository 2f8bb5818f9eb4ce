#!/usr/bin/env bash
# When a signer's key ends depends on the zone of the machine that verifies.
#
# Date:      2026-11-29
# Version:   openssh-client 1:9.2p1-2+deb12u10 (Debian 12)
# Guess:     valid-before in allowed_signers is UTC, as the times of certificates are: one file under version control means
#            the same on every runner.
# Behaviour: Without a Z it is the local time of whoever verifies, so that the same signature is good on one machine and
#            of an expired key on another, for up to half a day on either side. A bare date is the midnight that begins it,
#            so a key that is "valid before" its last day is not valid on that day.
# Output:    UTC good, Asia/Tokyo expired, America/New_York good; with Z good good good; valid-before the day itself expired
#            (verified for 10:00 UTC, valid-before 12:00 of that day)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq openssh-client=1:9.2p1-2+deb12u10 && dpkg -x openssh-client_*.deb .; } >/dev/null 2>&1 ||
  { echo 'not tried: the package cannot be fetched' >&2; exit 2; }
[ -f /usr/share/zoneinfo/Asia/Tokyo ] || { echo 'not tried: there is no time zone database' >&2; exit 2; }
keygen=$dir/usr/bin/ssh-keygen

"$keygen" -q -t ed25519 -N '' -C '' -f key
echo 'plan 1' >approval
"$keygen" -Y sign -f key -n plan approval </dev/null >/dev/null 2>&1
verdict() {
  printf 'anna@contoso.com valid-before="%s" %s\n' "$2" "$(cut -d' ' -f1,2 key.pub)" >signers
  TZ=$1 "$keygen" -Y verify -f signers -I anna@contoso.com -n plan -s approval.sig \
    -O verify-time=20261129100000Z <approval >/dev/null 2>told.txt && echo good && return
  grep -q 'key has expired' told.txt && echo expired || echo refused
}
seen="UTC $(verdict UTC 202611291200), Asia/Tokyo $(verdict Asia/Tokyo 202611291200), "
seen+="America/New_York $(verdict America/New_York 202611291200); "
seen+="with Z $(verdict UTC 202611291200Z) $(verdict Asia/Tokyo 202611291200Z) $(verdict America/New_York 202611291200Z); "
seen+="valid-before the day itself $(verdict UTC 20261129)"
expected='UTC good, Asia/Tokyo expired, America/New_York good; with Z good good good; valid-before the day itself expired'
guess='good everywhere'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
