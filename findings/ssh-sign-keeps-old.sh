#!/usr/bin/env bash
# ssh-keygen -Y sign beside an older signature: nothing is signed, and the exit is 0.
#
# Date:      2026-11-29
# Version:   openssh-client 1:9.2p1-2+deb12u10 (Debian 12)
# Guess:     Signing a file again replaces FILE.sig, or fails where it may not.
# Behaviour: It asks on the terminal whether to overwrite. Without one, as in a pipeline, the answer is no: the old
#            signature stays, the exit is 0, and it is the verification that fails later. Signing standard input writes
#            the signature to standard output and asks nothing.
# Output:    first exit 0 verified yes; again exit 0 verified no; by standard input exit 0 verified yes
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq openssh-client=1:9.2p1-2+deb12u10 && dpkg -x openssh-client_*.deb .; } >/dev/null 2>&1 ||
  { echo 'not tried: the package cannot be fetched' >&2; exit 2; }
keygen=$dir/usr/bin/ssh-keygen

"$keygen" -q -t ed25519 -N '' -C '' -f key
printf 'anna@contoso.com %s\n' "$(cut -d' ' -f1,2 key.pub)" >signers
verified() {
  "$keygen" -Y verify -f signers -I anna@contoso.com -n plan -s "$1" <approval >/dev/null 2>&1 && echo yes || echo no
}
sign() {
  "$keygen" -Y sign -f key -n plan approval </dev/null >/dev/null 2>&1 && code=0 || code=$?
  echo "exit $code verified $(verified approval.sig)"
}
echo 'plan 1' >approval
first=$(sign)
echo 'plan 2' >approval
again=$(sign)
"$keygen" -Y sign -f key -n plan <approval >piped.sig 2>/dev/null && code=0 || code=$?
seen="first $first; again $again; by standard input exit $code verified $(verified piped.sig)"
expected='first exit 0 verified yes; again exit 0 verified no; by standard input exit 0 verified yes'
printf 'guess: an exit of 0 means that the file is signed\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
