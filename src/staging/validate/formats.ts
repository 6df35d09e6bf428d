/** Whether a text has a format; a string format of OpenAPI, judged as API servers judge it. */
export type Format = (text: string) => boolean

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|0{0,2}\\d|0?[1-9]\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

const isIpv6 = (text: string): boolean =>
  /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) && URL.canParse(`http://[${text}]`)

const isCidr = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/')
  const longest = ipv4.test(address) ? 32 : isIpv6(address) ? 128 : -1
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text

const timeForm = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})$/

/** RFC 3339, as Go's time package reads it. */
const isTime = (text: string): boolean =>
  text[10] === 'T' && isDate(text.slice(0, 10)) && timeForm.test(text.slice(11))

/** Base64 in the standard alphabet; like Go, with line breaks anywhere and with its padding. */
const isBase64 = (text: string): boolean => {
  const letters = text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]/g, '') : text
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters)
}

const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/
const goDuration = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/
/** What the server takes besides Go's own durations: `3 days`, `2 weeks`. Source: kube-openapi, strfmt/duration.go. */
const looseDuration = /\d\s*(?:ns|nano|us|µs|micro|ms|milli|s|m|h|d|w)/i
const shortName = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?'
const uuid = (version: string, variant: string): Format => {
  const form = new RegExp(
    `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`,
    'i',
  )
  return (text) => form.test(text)
}
const any = '[0-9a-f]'

/** The formats of built-in kinds. `quantity` is our own name of what resource.Quantity reads. */
export const builtInFormats: { [format: string]: Format } = {
  byte: isBase64,
  'date-time': isTime,
  quantity: (text) => quantity.test(text.trim()),
}

const names: { [format: string]: Format } = {
  byte: (text) => text !== '' && isBase64(text),
  cidr: isCidr,
  date: isDate,
  datetime: (text) => isTime(text.toUpperCase()),
  duration: (text) => goDuration.test(text) || looseDuration.test(text),
  ipv4: (text) => ipv4.test(text),
  ipv6: isIpv6,
  k8slongname: (text) => text.length <= 253 && new RegExp(`^${shortName}(?:\\.${shortName})*$`).test(text),
  k8sshortname: (text) => text.length <= 63 && new RegExp(`^${shortName}$`).test(text),
  mac: (text) => /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text),
  uuid: uuid(any, any),
  uuid3: uuid('3', any),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
}

/**
 * The format that a CRD names, or undefined where nothing is judged: API servers ignore formats that they do not know (and
 * `int32`, `int64` among them). Source: apiextensions-apiserver, pkg/apiserver/validation/formats.go. Of those that they know, `uri`, `email`,
 * `hostname`, `isbn`, `creditcard`, `ssn` and the colours are left to the server.
 */
export const customFormat = (name: string): Format | undefined => {
  const plain = name.replaceAll('-', '')
  return Object.hasOwn(names, plain) ? names[plain] : undefined
}
