import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { findHelm } from '../../src/system/helm-program.ts'
import { openFiles } from '../../src/system/files.ts'
import { ended, root, trialSite } from './site.ts'

const config = 'releases/web/chart/templates/config.yaml'

/** The real helm, by way of a script that edits a template before it renders, as somebody could at that moment; and that is of a version of its own, so that it is the one that is found. */
const editingHelm = async (folder: string): Promise<{ PATH: string }> => {
  const found = await findHelm('4.1.4', process.env)
  if (!found.ok) throw new Error(found.problems[0].what)
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const script = `#!/bin/sh
if [ "$1" = version ]; then echo v4.1.99; exit; fi
if [ -e '${folder}/edit' ]; then rm '${folder}/edit'; sed -i s/8080/9090/ '${folder}/${config}'; fi
exec '${found.value}' "$@"
`
  await writeFile(join(bin, 'helm'), script)
  await chmod(join(bin, 'helm'), 0o755)
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
}

for (const args of [['render'], ['render', '--only', 'web'], ['validate']])
  test(`what helm made of a chart that was edited meanwhile is not taken for what the chart was before: ${args.join(' ')}`, async (t) => {
    const { folder } = await trialSite(t)
    const env = await editingHelm(folder)
    const scout = (...all: string[]) =>
      ended('node', [join(root, 'src/scout.ts'), ...all], { cwd: folder, env: { ...env, CI: 'true' } })
    const lock = join(folder, 'releases/lock.yaml')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('4.1.4', '4.1.99'))
    const before = await readFile(join(folder, config), 'utf8')
    // The last edit was long ago, as it is for most of a site.
    await new Promise((resolve) => setTimeout(resolve, 200))

    await writeFile(join(folder, 'edit'), '')
    await scout(...args)
    t.not(await readFile(join(folder, config), 'utf8'), before, 'helm has edited it')
    await writeFile(join(folder, config), before)
    const again = await scout('render')
    t.is(again.exitCode, 0, again.stderr)
    const files = openFiles(folder)
    const made = (await files.list('rendered')).filter((path) => path.includes('ConfigMap_web.yaml'))
    t.true(made.length > 0)
    for (const path of made) t.regex((await files.readText(path)) ?? '', /listen 8080/, path)
  })
