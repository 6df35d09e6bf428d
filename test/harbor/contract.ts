import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'

type Schema = { [keyword: string]: unknown }
type Parameter = Schema & { name: string; in: string; required?: boolean; type?: string; schema?: Schema }
type Operation = { parameters?: Schema[]; responses: { [status: string]: Schema } }
type Description = {
  basePath: string
  paths: { [path: string]: { [method: string]: Operation } }
  parameters: { [name: string]: Parameter }
  responses: { [name: string]: Schema }
  definitions: { [name: string]: Schema }
}

/** One HTTP exchange, as the server saw it. */
export interface Exchange {
  method: string
  /** Path and query as they were sent. */
  url: string
  headers: { [name: string]: unknown }
  /** The text of the request's body, '' without one. */
  sent: string
  status: number
  answered: string
  answerHeaders: { [name: string]: unknown }
}

/** What Harbor does and its description does not say: src/pkg/robot/dao/dao.go makes a conflict of a name that is taken. */
const undescribed = new Set(['POST /robots 409'])

const isMap = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Swagger 2.0 as JSON schema, and closed: go-swagger drops what is not described, so a field that is not is a mistake of ours. */
const jsonSchema = (schema: Schema): Schema => {
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] }
  const { properties, items, additionalProperties, type } = schema
  // go-swagger's object without properties is `any`: the days of a retention rule are a number.
  if (type === 'object' && properties === undefined && additionalProperties === undefined) return {}
  const nullable = schema['x-nullable'] === true
  return {
    ...(type !== undefined && { type: nullable ? [type, 'null'] : type }),
    ...(schema['maxLength'] !== undefined && { maxLength: schema['maxLength'] }),
    ...(schema['format'] === 'date-time' && {
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
    }),
    ...(isMap(items) && { items: jsonSchema(items) }),
    ...(isMap(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, jsonSchema(one as Schema)]),
      ),
    }),
    ...(isMap(additionalProperties)
      ? { additionalProperties: jsonSchema(additionalProperties) }
      : isMap(properties) && { additionalProperties: false }),
  }
}

const numeric = new Set(['integer', 'number'])

/** Reads Harbor's own description of its API, and gives a judge of exchanges: what is wrong with one, in words, [] for nothing. */
export const openContract = async (): Promise<(exchange: Exchange) => string[]> => {
  const api = parse(await readFile(join(import.meta.dirname, 'api.yaml'), 'utf8')) as Description
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  ajv.addSchema({
    $id: 'harbor',
    definitions: Object.fromEntries(
      Object.entries(api.definitions).map(([name, one]) => [name, jsonSchema(one)]),
    ),
  })
  const against = (schema: Schema, text: string, what: string): string[] => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [`${what} is no JSON`]
    }
    const inner = jsonSchema(schema)
    const absolute = JSON.parse(
      JSON.stringify(inner).replaceAll('"#/definitions/', '"harbor#/definitions/'),
    ) as Schema
    const validate = ajv.compile(absolute)
    return validate(value)
      ? []
      : (validate.errors ?? []).map((one) => `${what}${one.instancePath} ${one.message}`)
  }
  const resolved = (one: Schema): Parameter =>
    (typeof one['$ref'] === 'string'
      ? api.parameters[one['$ref'].replace('#/parameters/', '')]
      : one) as Parameter

  const find = (method: string, path: string): { template: string; operation: Operation } | undefined => {
    const steps = path.split('/')
    for (const [template, methods] of Object.entries(api.paths)) {
      const wanted = template.split('/')
      const fits =
        wanted.length === steps.length &&
        wanted.every((step, at) => step.startsWith('{') || step === steps[at])
      const operation = methods[method.toLowerCase()]
      if (fits && operation !== undefined) return { template, operation }
    }
    return undefined
  }

  const faultsOfParameters = (
    template: string,
    path: string,
    query: URLSearchParams,
    headers: Exchange['headers'],
    parameters: Parameter[],
  ): string[] => {
    const faults: string[] = []
    const judge = (one: Parameter, value: string): void => {
      if (numeric.has(one.type ?? '') && !/^\d+$/.test(value))
        faults.push(`${one.name} is no ${one.type}: ${value}`)
      if (typeof one['maximum'] === 'number' && Number(value) > one['maximum'])
        faults.push(`${one.name} is above ${one['maximum']}: ${value}`)
    }
    for (const name of query.keys())
      if (!parameters.some((one) => one.in === 'query' && one.name === name))
        faults.push(`no query parameter ${name} is described`)
    if (headers['x-is-resource-name'] !== undefined)
      if (!parameters.some(({ name }) => name === 'X-Is-Resource-Name'))
        faults.push('no header X-Is-Resource-Name is described')
    for (const one of parameters) {
      const at = template.split('/').indexOf(`{${one.name}}`)
      const value =
        one.in === 'query' ? query.get(one.name) : one.in === 'path' ? path.split('/')[at] : undefined
      if (one.required === true && (one.in === 'query' || one.in === 'path') && (value ?? '') === '')
        faults.push(`${one.name} is missing`)
      if (typeof value === 'string') judge(one, value)
    }
    return faults
  }

  return ({ method, url, headers, sent, status, answered, answerHeaders }) => {
    const { pathname, searchParams } = new URL(url, 'https://harbor.example')
    const name = `${method} ${url}`
    if (!pathname.startsWith(api.basePath)) return [`${name}: not below ${api.basePath}`]
    const path = pathname.slice(api.basePath.length)
    const found = find(method, path)
    if (found === undefined) return [`${name}: no such operation is described`]
    const { template, operation } = found
    const parameters = (operation.parameters ?? []).map(resolved)
    const body = parameters.find((one) => one.in === 'body')
    const faults = faultsOfParameters(template, path, searchParams, headers, parameters)
    if (body === undefined && sent !== '') faults.push('a body where none is described')
    if (body !== undefined) faults.push(...against(body.schema ?? {}, sent, 'the body'))
    if (sent !== '' && headers['content-type'] !== 'application/json')
      faults.push('the content type is not JSON')
    const described = operation.responses[String(status)]
    if (described === undefined) {
      if (!undescribed.has(`${method} ${template} ${status}`)) faults.push(`no answer ${status} is described`)
    } else {
      const whole =
        typeof described['$ref'] === 'string'
          ? (api.responses[described['$ref'].replace('#/responses/', '')] ?? {})
          : described
      if (isMap(whole['schema'])) faults.push(...against(whole['schema'], answered, 'the answer'))
      else if (answered !== '') faults.push('an answer where none is described')
      if (isMap(whole['headers']) && 'X-Total-Count' in whole['headers'])
        if (!/^\d+$/.test(String(answerHeaders['x-total-count']))) faults.push('the total count is missing')
    }
    return faults.map((one) => `${name}: ${one}`)
  }
}
