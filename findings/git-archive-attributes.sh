#!/usr/bin/env bash
# git archive: "HEAD policies" and "HEAD:policies" hold different files.
#
# Date:      2026-11-29
# Version:   git 1:2.39.5-0+deb12u3 (Debian 12)
# Guess:     Both hold every file below the folder at that commit; they differ in the prefix of the names.
# Behaviour: Files with the attribute export-ignore are left out, without a word. With a path, the attributes of the whole
#            tree count; with REV:FOLDER only those that stand in or below the folder, and $Format$ is not filled in since
#            the archive is of a tree and not of a commit. So the second brings a file that the first hides.
# Output:    HEAD policies: keep.yaml, id of anna; HEAD:policies: keep.yaml top.yaml, id of $Format:%an$;
#            ls-tree: keep.yaml own.yaml top.yaml
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq git=1:2.39.5-0+deb12u3 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
git() { HOME=$dir GIT_CONFIG_NOSYSTEM=1 timeout 20 "$dir/usr/bin/git" -c user.name=anna -c user.email=anna@contoso.com "$@"; }
export GIT_EXEC_PATH=$dir/usr/lib/git-core

mkdir repository && cd repository
git init -q 2>/dev/null
mkdir policies
echo 'policies/top.yaml export-ignore' >.gitattributes
printf 'own.yaml export-ignore\nid.txt export-subst\n' >policies/.gitattributes
for name in keep own top; do echo "$name" >"policies/$name.yaml"; done
printf '%s\n' '$Format:%an$' >policies/id.txt
git add -A && git commit -qm first
names() { tar tf - | sed 's|.*/||' | grep yaml | sort | paste -sd' '; }
by_path="$(git archive HEAD policies | names), id of $(git archive HEAD policies | tar xOf - policies/id.txt)"
by_tree="$(git archive HEAD:policies | names), id of $(git archive HEAD:policies | tar xOf - id.txt)"
seen="HEAD policies: $by_path; HEAD:policies: $by_tree; ls-tree: $(git ls-tree --name-only HEAD:policies | grep yaml | paste -sd' ')"
expected='HEAD policies: keep.yaml, id of anna; HEAD:policies: keep.yaml top.yaml, id of $Format:%an$; ls-tree: keep.yaml own.yaml top.yaml'
guess='keep.yaml own.yaml top.yaml three times'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
