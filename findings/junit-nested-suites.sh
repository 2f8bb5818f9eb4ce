#!/usr/bin/env bash
# Three JUnit readers, one file: two, four or eight tests.
#
# Date:      2026-11-29
# Version:   junitxml-to-javascript 1.1.4, junit-to-ctrf 0.0.14, junit-report-merger 9.0.4 (npm)
# Guess:     A suite inside a suite is ordinary JUnit (PHPUnit and the reporter of node:test write it), so every reader counts its four
#            tests; and merging a file with itself gives the same four tests twice or complains, not other numbers per suite.
# Behaviour: junitxml-to-javascript leaves out what is in the inner suite and gives the outer one the class of a test as
#            its name. junit-to-ctrf counts an <error> as failed. junit-report-merger puts suites of the same name together.
# Output:    junitxml-to-javascript 2 of a, junit-to-ctrf 4 with 2 failed, merged with itself: 1 outer suite of 8
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund junitxml-to-javascript@1.1.4 junit-to-ctrf@0.0.14 junit-report-merger@9.0.4 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >report.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="drift" tests="4" failures="1" errors="1" skipped="1">
  <testsuite name="outer" tests="4" failures="1" errors="1" skipped="1">
    <testsuite name="inner" tests="2" failures="1">
      <testcase classname="b" name="held" time="1"><failure message="lifted"/></testcase>
      <testcase classname="b" name="free" time="1"/>
    </testsuite>
    <testcase classname="a" name="unread"><error message="no answer"/></testcase>
    <testcase classname="a" name="excepted"><skipped message="except"/></testcase>
  </testsuite>
</testsuites>
XML
cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs'
import merger from 'junit-report-merger'
import { convertJUnitToCTRFReport } from 'junit-to-ctrf'
import Parser from 'junitxml-to-javascript'

const text = readFileSync('report.xml', 'utf8')
const [suite] = (await new Parser().parseXMLString(text)).testsuites
const { tests, failed } = (await convertJUnitToCTRFReport('report.xml')).results.summary
const merged = await merger.mergeToString([text, text])
const outer = [...merged.matchAll(/<testsuite name="outer" tests="(\d+)"/g)]
console.log(
  `junitxml-to-javascript ${suite.tests} of ${suite.name}, junit-to-ctrf ${tests} with ${failed} failed, ` +
    `merged with itself: ${outer.length} outer suite of ${outer[0][1]}`,
)
JS
seen=$(timeout 30 node try.mjs | tail -1)
expected='junitxml-to-javascript 2 of a, junit-to-ctrf 4 with 2 failed, merged with itself: 1 outer suite of 8'
guess='4 of outer, 4 with 1 failed, 2 outer suites of 4'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
