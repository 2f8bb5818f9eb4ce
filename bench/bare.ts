import { request } from 'undici'

/**
 * The floor under any client that reads pages one after the other: each as one text, parsed, nothing kept.
 * `bare.ts ENDPOINT` prints the number of rows.
 */

const PAGE_ROWS = 10_000
const endpoint = process.argv[2] ?? ''
let rows = 0

for (const list of ['machines', 'machineactions']) {
  for (let skip = 0, came = PAGE_ROWS; came === PAGE_ROWS; skip += came) {
    const { body } = await request(`${endpoint}/api/${list}?$top=${PAGE_ROWS}&$skip=${skip}`)
    const page = JSON.parse(await body.text()) as { readonly value: readonly unknown[] }
    came = page.value.length
    rows += came
  }
}
console.log(rows)
process.exit()
