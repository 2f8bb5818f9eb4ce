#!/usr/bin/env bash
# ssh-keygen -Y find-principals: names who may not sign this, and patterns in place of names.
#
# Date:      2026-11-29
# Version:   openssh-client 1:9.2p1-2+deb12u10 (Debian 12)
# Guess:     find-principals answers with the people for whom `-Y verify` then says yes. It knows the namespace of the
#            signature, since that is part of it, and minds the rest of the line in allowed_signers.
# Behaviour: It minds valid-before and valid-after but not namespaces=. A line for several people gives all of them, and
#            one with a pattern gives the pattern, which is nobody's name.
# Output:    other namespace: found anna@contoso.com, verify 255; expired: found nobody, verify 255;
#            pattern: found *@contoso.com, verify 0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq openssh-client=1:9.2p1-2+deb12u10 && dpkg -x openssh-client_*.deb .; } >/dev/null 2>&1 ||
  { echo 'not tried: the package cannot be fetched' >&2; exit 2; }
keygen=$dir/usr/bin/ssh-keygen

"$keygen" -q -t ed25519 -N '' -C '' -f key
key=$(cut -d' ' -f1,2 key.pub)
echo 'plan 1' >approval
"$keygen" -Y sign -f key -n plan approval </dev/null >/dev/null 2>&1
ask() {
  printf '%s %s\n' "$1" "$key" >signers
  found=$("$keygen" -Y find-principals -f signers -s approval.sig 2>/dev/null) || found=nobody
  "$keygen" -Y verify -f signers -I anna@contoso.com -n plan -s approval.sig <approval >/dev/null 2>&1 &&
    code=0 || code=$?
  echo "found $found, verify $code"
}
seen="other namespace: $(ask 'anna@contoso.com namespaces="git"')"
seen="$seen; expired: $(ask 'anna@contoso.com valid-before="20200101Z"'); pattern: $(ask '*@contoso.com')"
expected='other namespace: found anna@contoso.com, verify 255; expired: found nobody, verify 255; pattern: found *@contoso.com, verify 0'
printf 'guess: found are exactly those for whom verify says 0\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
