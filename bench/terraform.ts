import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, scratch } from './contenders.ts'
import { measureOther } from './measured-process.ts'

/** `terraform plan` of resources that are as declared and ask nobody; undefined where Terraform is not on the path. */
export function terraformPlan(resources: number): Contender | undefined {
  if (spawnSync('terraform', ['version']).status !== 0) return undefined
  const cwd = scratch('terraform')
  const names = Array.from({ length: resources }, (_unused, index) => `machine-${index}`)
  writeFileSync(join(cwd, 'main.tf'), names.map(blockOf).join(''))
  // Written by hand: to apply so many takes Terraform a quarter of an hour.
  writeFileSync(join(cwd, 'terraform.tfstate'), JSON.stringify(stateOf(names)))
  const { status, stderr } = spawnSync('terraform', ['init', '-input=false'], { cwd })
  if (status !== 0) throw new Error(`terraform init: ${stderr}`)
  return () => measureOther({ command: 'terraform', args: ['plan', '-input=false'], cwd })
}

function stateOf(names: readonly string[]): object {
  return {
    version: 4,
    terraform_version: '1.11.4',
    serial: 1,
    lineage: '5f0c9f4e-0000-4000-8000-000000000000',
    outputs: {},
    resources: names.map(resourceOf),
    check_results: null,
  }
}

function blockOf(name: string): string {
  return `resource "terraform_data" "${name}" {\n  input = { name = "${name}", isolated = "none" }\n}\n`
}

function resourceOf(name: string): object {
  const data = { value: { isolated: 'none', name }, type: ['object', { isolated: 'string', name: 'string' }] }
  const key = createHash('sha1').update(name).digest('hex')
  const id = `${key.slice(0, 8)}-${key.slice(8, 12)}-4${key.slice(13, 16)}-a${key.slice(17, 20)}-${key.slice(20, 32)}`
  return {
    mode: 'managed',
    type: 'terraform_data',
    name,
    provider: 'provider["terraform.io/builtin/terraform"]',
    instances: [
      {
        schema_version: 0,
        attributes: { id, input: data, output: data, triggers_replace: null },
        sensitive_attributes: [],
        identity_schema_version: 0,
      },
    ],
  }
}
