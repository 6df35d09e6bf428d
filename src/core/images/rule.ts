/**
 * Where images of one kind stand, as data. `kind` is written with its group (`Widget.example.com`). `path` is a JSON pointer, in which `*` stands for every item or key; it goes on into a string that
 * holds YAML or JSON, also where that is base64 in a Secret (`/data/eck.yaml/container-registry`). Of the forms, `reference` is one image, `list` several
 * in one string, `map` a reference in several fields (`{registry, repository, name, tag}`; `defaults` is a pointer to the map that
 * holds what is left out), and `registry` a registry that the operator completes.
 */
export interface ImageRule {
  kind: string
  path: string
  form: 'reference' | 'list' | 'map' | 'registry'
  defaults?: string
}
