/** Scalars as they stand after `v: `. What each is, kubectl says; it takes all of them. */
export const scalars = `
0 1 -1 +1 12 +12 -0 00 007 0644 -0644 +0644 0777 08 09 0o17 0O17 0o8 -0o17 0x1F 0X1f -0x1F +0x1F 0xG 0b101 0B101 0b102 -0b101 +0b11 0b-11 0b+11 0o 0x 0b
1_000 1__0 _1 1_ 0_7 0x_1F 0b1_0 1_000.5 ._5 .5_0 .5__0 -._5 1e1_0
2147483647 2147483648 9007199254740991 9007199254740992 9007199254740993 -9007199254740993 9223372036854775807 -9223372036854775808
9223372036854775808 18446744073709551615 18446744073709551616 -9223372036854775809 +18446744073709551615 99999999999999999999999 0xFFFFFFFFFFFFFFFF
0x7FFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFFF 0777777777777777777777 01777777777777777777777 07777777777777777777777777
1.0 1.5 -1.5 +1.5 .5 -.5 +.5 5. . .. -. +. .e3 .5e3 5.e3 1e3 1E3 1e+3 1e-3 1e 1e+ e3 1e400 -1e400 1e-400 1.7976931348623157e308 4.9e-324 12e03 1.5.0 1.2.3 0.1 -0.0 1e15 1e18 1e20 1e21 1e22
9007199254740992.0 9007199254740993.0 9223372036854775807.0 1e18 123456789012345678.5 0.000001 0.0000001 100000000000000000000 1,000 1.0f 0x1p3 infinity Infinity inf NaN nan .inf2 -.infx
yes Yes YES yEs no No NO nO on On ON oN off Off OFF oFF y Y n N true True TRUE tRUE false False FALSE fALSE t f T F yess noo
~ null Null NULL nUll nil None undefined ~x
2001-01-01 2001-1-1 2001-01-01T00:00:00Z 2001-12-14t21:59:43.10-05:00 12:30 12:30:45 1:60 190:20:30.15 -1:30 2001-13-45 20:00 00:00
<< = <<x =x 1.2.3-alpha v1.0 1Gi 500m 10s 5m30s 0.5Gi 1e3m 3rd 0xZZ 12px 1/2 10.0.0.1 10.0.0.0/8 ::1 fe80::1 a:b a:b:c http://example.com:80/x?a=b#c x#y a#
-x --flag=1 -1x +x .x ./x /x \\x $x $(x) ^x (x) ;x a&b a*b a!b a|b a>b a'b a"b a%b a@b a\`b a{b} a[b] a,b a=b a?b ?x :x a-
"" '' "yes" 'no' "0644" '1' "~" "null" "<<" 'it''s' "a\\tb" "a\\nb" "\\x41" "\\u00e9" "\\U0001F600" "\\e" "\\0" "\\_" "\\N" "\\L" "\\P" "\\"" "\\\\" "\\a\\b\\v\\f\\r"
!!str !!str&x !x
`
  .split(/\s+/)
  .filter((word) => word !== '')

/** Scalars with a tag or with spaces in them, and collections in flow style: one a line. */
export const phrases = [
  '',
  '# comment',
  'a # comment',
  'a b  c',
  '&anchor [1, 2]',
  '!!str 12',
  '!!str yes',
  '!!str ~',
  '!!int 12',
  '!!int "12"',
  '!!int 0x1F',
  '!!float 1',
  '!!float 1.5',
  '!!float 9007199254740993',
  '!!bool yes',
  '!!null ~',
  '!!null ""',
  '!!timestamp 2001-01-01',
  '!!binary aGVsbG8=',
  '!!merge <<',
  '!<tag:yaml.org,2002:str> 1',
  '!<tag:yaml.org,2002:int> "3"',
  '!unknown 12',
  '!unknown {a: 1}',
  '! 12',
  '!!set {a, b}',
  '!!omap [a: 1]',
  '!!map {a: 1}',
  '2001-12-14 21:59:43',
  '{}',
  '[]',
  '{a: 1, b: [c, {d: e}]}',
  '{a, b: }',
  '{"a":1,"b":[true,null]}',
  "{'a':x}",
  '{a: b:c, d: http://x:80}',
  '[a: b, c]',
  '[a, b, ]',
  '[-1, -a, --b]',
  '[yes, "yes", 0644, ~]',
  '{? a : b}',
  '{1: a, 1.5: b, yes: c, 0x10: d}',
  '"\u{1F600} é \u00a0"',
  '\u{1F600} é',
  '\uFFFD',
  "'#'",
  '"\\\n    a"',
]

/** Keys of a map, each with the value `x`; kubectl makes strings of them all. */
export const keys = `
n y yes no on off true false N Y 0 1 -1 +1 0644 0x10 0b11 1_000 9223372036854775807 -9223372036854775808 1.0 1.5 -0.0 0.1 1e3 1e5 1e6 1e21 1e22 123456.0 1234567.0 0.0001 0.00001 1.10
3.14159265358979 1e300 .inf -.inf .nan 1e400 2001-01-01 12:30 null. nUll "" "~" "null" "1" 'yes' a-b a.b/c a:b = "<<" __proto__ constructor x#y -x
`
  .split(/\s+/)
  .filter((word) => word !== '')

/** The rest of a document; `a` is in all of them where nothing else is needed. */
export const shapes = [
  'a: |\n  text\n   more\n\n  end\n',
  'a: |-\n  text\n\n',
  'a: |+\n  text\n\n\nb: 1\n',
  'a: |\n\n\n  text\n',
  'a: |2\n    two\n  x\n',
  'a: |-2\n   x\n',
  'a: |\nb: 1\n',
  'a: |+\n\n\nb: 1\n',
  'a: |\n  x\n # comment\nb: 1\n',
  'a: | # comment\n  x\n',
  'a: |\n  x  \n    \n  y\t\n',
  'a: |\n  ---\n  ...\n  # no comment\n',
  'a: |2\n  \ttab\n',
  'a: |\n  x\n\ty: 1\n'.replace('\ty', '  \ty'),
  'a: >\n  x\n  y\n\n  z\n   w\n  v\n',
  'a: >-\n  x\n  y\n\n',
  'a: >+\n\n  x\n\n\nb: 1\n',
  'a:\n  plain\n  over lines\n\n  and a gap\nb: 1\n',
  "a: 'single\n  over\n\n  lines'\n",
  'a: "double \\\n  over\n\n  lines"\n',
  'a: "left\nof its key"\n',
  "a:\n- b: 'left\nof its key'\n",
  'a: [\n  b,\n]\n',
  'a:\n  b: {\n    c: d\n  }\n  e: f\n',
  'a:\n- b: [1,\n2,\n3\n]\n  c: 1\n',
  'a: {b: 1,\n\tc: 2}\n',
  'a: "x\n\ty"\n',
  'a:\t1\n',
  'a: 1\t\n',
  'a:   1   # x\n',
  'a:\n- b\n-\n- c\n-\n  - d\nd:\n',
  'a:\n  - b: 1\n    c: 2\n  -   d: 3\n      e: 4\n',
  'a:\n- - - b\n  - c\n',
  '? a\n: b\n',
  '? |\n  key\n: value\n',
  'a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n',
  'a: &x 1\nb: *x\n*x : c\n',
  'a: &x 1\nb: *x\nc: &x 2\nd: *x\n',
  'a: &x [&y 1, *y]\nb: &y 2\nc: *x\n',
  'a: &x {b: 0}\nc: {b: 1, <<: *x}\n',
  'a: &x {b: 0}\nc: {<<: *x, b: 1}\n',
  'a: {<<: [{b: 1}, {b: 2, c: 3}], d: 4}\n',
  'a: {b: 0, <<: [{b: 1}, {b: 2, c: 3}]}\n',
  'a: {<<: {<<: {b: 1}, c: 2}}\n',
  'a: {"<<": {b: 1}}\n',
  'a: {!!merge <<: {b: 1}}\n',
  'a: {<<: {}}\n',
  'a: 1\na: 2\n',
  'a: {b: 1}\na: {c: 2}\n',
  'a: {n: 1, no: 2}\n',
  'a: {b: {c: 1, c: 2}}\n',
  'a: 1\n...\n',
  'a: 1\n... # end\n# comment\n',
  '# comment\na: 1 # comment\n\n# comment\n   # comment\nb: 2\n',
  '"a": 1\n\'b\': 2\n',
  'a : 1\n',
  'a b: c d\n',
  'a: x\u00a0y\u3000z\n',
  'a: x\uFEFFy\n',
  'a: {b: [c, d: {e: f}], "g":h}\n',
  `a: ${'['.repeat(400)}${']'.repeat(400)}\n`,
  `a: ${'x'.repeat(5000)}\n`,
  `${'k'.repeat(1000)}: 1\n`,
  `? ${'k'.repeat(2000)}\n: 1\n`,
  'a: 1\r\nb: |\r\n  x\r\n  y\r\nc: "z\r\n  w"\r\n',
]

/** What both refuse, as the rest of a document. */
export const refused = [
  'a: .inf\n',
  'a: -.INF\n',
  'a: .nan\n',
  '~: 1\n',
  'null: 1\n',
  '18446744073709551615: 1\n',
  '? [a]\n: 1\n',
  '? {a: 1}\n: 1\n',
  'a: {{ template }}\n',
  'a: {{ .Values.x }}\nb: 1\n',
  'a: *none\n',
  'a: &x\n  b: *x\n',
  'a: &x [*x]\n',
  '<<: 1\n',
  '<<: null\n',
  '<<: [[{a: 1}]]\n',
  'a: &x [1]\n<<: *x\n',
  'a: !!int x\n',
  'a: !!int 1.5\n',
  'a: !!float 18446744073709551615\n',
  'a: !!bool 1\n',
  'a: !!null x\n',
  'a: !!timestamp x\n',
  'a: !!binary "*"\n',
  'a: b: c\n',
  'a: - b\n',
  'a: `x`\n',
  'a: @x\n',
  'a: %x\n',
  'a: [b\n',
  'a: {b\n',
  'a: [b, , c]\n',
  'a: "x\n',
  "a: 'x\n",
  'a: "x" y\n',
  'a: "\\q"\n',
  'a: "\\ud800"\n',
  'a: 1\n\tb: 2\n',
  'a:\n\t- b\n',
  'a: |\n\tx\n',
  'a: |0\n  x\n',
  'a: |\n      \n  x\n',
  'a: x\n y: z\n',
  'a:\n  - b\n c: d\n',
  'a:\n    b: 1\n  c: 2\n',
  'a: \0\n',
  'a: \x07\n',
  '# \x07\na: 1\n',
  'a: \x7F\n',
  'a: \u0080\n',
  'a: x\u2028y\n',
  'a: 1\n--- b\n',
  'a: 1\n----\n',
  'a: 1\n---b\n',
  'a: "x\n---\ny"\n',
  `a: ${'['.repeat(10_001)}${']'.repeat(10_001)}\n`,
  `a: &a [${'x,'.repeat(9)}x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: &d [${'*c,'.repeat(9)}*c]\ne: &e [${'*d,'.repeat(9)}*d]\nf: &f [${'*e,'.repeat(9)}*e]\ng: &g [${'*f,'.repeat(9)}*f]\nh: [${'*g,'.repeat(9)}*g]\n`,
]

/** What kubectl takes and we refuse, always with a problem: each with the reason. */
export const stricter: [body: string, why: string][] = [
  ['a: 1\n...\nb: 2\n', 'kubectl drops what follows `...` and says nothing'],
  ['a: "x\u2028y"\n', 'a line end of YAML 1.1 alone: go-yaml folds there or ends the text, others do not'],
  ['a: "x\u0085y"\n', 'the same'],
  [
    'x:\n  z:\n  a: [b, \tc]\n',
    'a tab within a flow collection; indentation cannot be told from it by our parser',
  ],
  ['&b:c k: 1\n', 'go-yaml ends the name of the anchor before the colon'],
  ['a: &b:c\n', 'the same'],
  ['a:\t[b]\n', 'a tab before a flow collection'],
  ['a: {b:}\n', 'go-yaml has the key `b:`, YAML 1.2 has `b`'],
  ['a: {b :}\n', 'the same, with a space'],
  ['a: [?b]\n', 'go-yaml has a map, YAML 1.2 the string `?b`'],
  ['a: [!!str, b]\n', 'go-yaml takes the comma for a part of the tag'],
  ['a: !!binary /w==\n', 'bytes that are no text: kubectl puts U+FFFD in their place'],
  ['a: "x"#y\n', 'js-yaml wants a space before a comment, and so does every specification'],
  [`a: ${'['.repeat(1500)}${']'.repeat(1500)}\n`, 'deeper than any object, and our parser is recursive'],
]

/** What kubectl refuses and we take. Helm has read the same text before us, so none of it can come from a chart. */
export const laxer: [body: string, why: string][] = [
  ['a:\n- \tb\n', 'YAML 1.2 allows a tab there'],
  ['a:\n  b: 1\n\t\n  c: 2\n', 'a blank line that holds a tab'],
  ['a: |\n \tx\n', 'a tab that begins the text of a block'],
  ['a: "\\/"\n', 'the escape that YAML 1.2 took over from JSON'],
  ['a: "\\ud83d\\ude00"\n', 'a surrogate pair, as JSON writes it'],
  [`${'k'.repeat(1100)}: 1\n`, 'a long key without `?`'],
]

/** The same as whole streams. */
export const laxerStreams: [stream: string, why: string][] = [
  [
    '---# comment\napiVersion: v1\nkind: Case\nmetadata: {name: a}\n',
    'a comment that touches the first `---`',
  ],
  ['|\n  text\n', 'a text that is no object; readObjects refuses it'],
]

/** What both take and read differently, as whole streams. */
export const different: [stream: string, why: string][] = [
  [
    'apiVersion: v1\nkind: Case\nmetadata: {name: a}\n1579809.2155535: x\n',
    'a float as key: the shortest decimals of a 32-bit float are rounded to even by Go, up by us',
  ],
  [
    '---\n\uFEFFapiVersion: v1\nkind: Case\nmetadata: {name: a}\n',
    'a byte order mark after the first `---`: for kubectl it is a part of the key',
  ],
]
