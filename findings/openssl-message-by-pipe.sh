#!/usr/bin/env bash
# OpenSSL says "Signature Verification Failure" of a good Ed25519 signature when the message comes through a pipe.
#
# Date:      2026-11-29
# Version:   openssl 3.0.20-1~deb12u2 with libssl3 of the same version (Debian 12)
# Guess:     `pkeyutl -verify -rawin` reads the message from standard input when -in is left out, as its manual says; file and
#            pipe give the same verdict, and trouble with reading is not called a bad signature.
# Behaviour: For keys that sign in one shot it needs the size of a file beforehand. On a pipe it prints "Error: unable to
#            determine file size for oneshot operation" on standard error, "Signature Verification Failure" on standard
#            output, and exits with 1, as it does for a forged one. An empty message can be neither signed nor verified.
# Output:    file: exit 0 Signature Verified Successfully; pipe: exit 1 Signature Verification Failure; empty: sign exit 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq openssl=3.0.20-1~deb12u2 libssl3=3.0.20-1~deb12u2 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu OPENSSL_CONF=/dev/null
openssl=$dir/usr/bin/openssl

"$openssl" genpkey -algorithm ed25519 -out key.pem 2>/dev/null
"$openssl" pkey -in key.pem -pubout -out public.pem
echo 'plan 1' >message
: >empty
"$openssl" pkeyutl -sign -inkey key.pem -rawin -in message -out signature
verify() {
  "$openssl" pkeyutl -verify -pubin -inkey public.pem -rawin -sigfile signature "$@" >out.txt 2>/dev/null &&
    code=0 || code=$?
  echo "exit $code $(cat out.txt)"
}
file=$(verify -in message)
pipe=$(cat message | verify)
"$openssl" pkeyutl -sign -inkey key.pem -rawin -in empty -out empty.sig >/dev/null 2>&1 && code=0 || code=$?
seen="file: $file; pipe: $pipe; empty: sign exit $code"
expected='file: exit 0 Signature Verified Successfully; pipe: exit 1 Signature Verification Failure; empty: sign exit 1'
guess='exit 0 Signature Verified Successfully twice, sign exit 0'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
