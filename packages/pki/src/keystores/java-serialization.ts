import { MusterError } from '@muster/core'
import type { JavaReader } from './java-reader.ts'

/** Java Object Serialization Specification §6.4: the type codes a sealed key consists of. */
const NULL = 0x70
const REFERENCE = 0x71
const CLASS_DESCRIPTION = 0x72
const OBJECT = 0x73
const STRING = 0x74
const ARRAY = 0x75
const BLOCK_DATA = 0x77
const END_BLOCK_DATA = 0x78
const STREAM_MAGIC = 0xaced0005
const BASE_HANDLE = 0x7e0000
const WRITE_METHOD = 0x01
const SERIALIZABLE = 0x02
const MAX_DEPTH = 16
const MAX_HANDLES = 1000

type ClassDescription = { readonly name: string; readonly fields: readonly string[]; readonly flags: number; readonly parent: ClassDescription | null }
type Walk = { readonly reader: JavaReader; readonly handles: (ClassDescription | null)[] }

const SIZES: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 }

/** Moves over one serialized object (the sealed secret key of a JCEKS entry); nothing is instantiated. @throws MusterError keystore.invalid */
export function skipSerializedObject(reader: JavaReader): void {
  if (reader.uint32() !== STREAM_MAGIC) throw malformed()
  skipContent({ reader, handles: [] }, 0)
}

function malformed(): MusterError {
  return new MusterError('keystore.invalid', 'a sealed key in the keystore is malformed')
}

function assign(walk: Walk, value: ClassDescription | null): number {
  if (walk.handles.length >= MAX_HANDLES) throw malformed()
  return walk.handles.push(value) - 1
}

function skipContent(walk: Walk, depth: number): void {
  if (depth > MAX_DEPTH) throw malformed()
  const { reader } = walk
  switch (reader.uint8()) {
    case NULL: break
    case REFERENCE: reader.skip(4); break
    case STRING:
      assign(walk, null)
      reader.skip(reader.uint16())
      break
    case ARRAY: skipArray(walk, depth); break
    case OBJECT: {
      const description = readClassDescription(walk, depth)
      assign(walk, null)
      skipFields(walk, description, depth)
      break
    }
    case BLOCK_DATA: reader.skip(reader.uint8()); break
    default: throw malformed()
  }
}

function skipArray(walk: Walk, depth: number): void {
  const description = readClassDescription(walk, depth)
  assign(walk, null)
  const length = walk.reader.uint32()
  const size = SIZES[description?.name.charAt(1) ?? '']
  if (size !== undefined) walk.reader.skip(length * size)
  else for (let i = 0; i < length; i++) skipContent(walk, depth + 1)
}

function readClassDescription(walk: Walk, depth: number): ClassDescription | null {
  if (depth > MAX_DEPTH) throw malformed()
  const { reader } = walk
  const code = reader.uint8()
  if (code === NULL) return null
  if (code === REFERENCE) {
    const known = walk.handles[reader.uint32() - BASE_HANDLE]
    if (known === undefined || known === null) throw malformed()
    return known
  }
  if (code !== CLASS_DESCRIPTION) throw malformed()
  const name = reader.utf()
  reader.skip(8) // serialVersionUID
  const handle = assign(walk, null)
  const flags = reader.uint8()
  const fields = Array.from({ length: reader.uint16() }, () => {
    const type = String.fromCharCode(reader.uint8())
    reader.skip(reader.uint16())
    if (type === 'L' || type === '[') skipContent(walk, depth + 1)
    return type
  })
  skipAnnotations(walk)
  const description = { name, fields, flags, parent: readClassDescription(walk, depth + 1) }
  walk.handles[handle] = description
  return description
}

/** Annotations of the classes concerned are empty; anything else is not a sealed key. */
function skipAnnotations(walk: Walk): void {
  if (walk.reader.uint8() !== END_BLOCK_DATA) throw malformed()
}

/** Field values from the topmost class down: primitives by size, objects by content. */
function skipFields(walk: Walk, description: ClassDescription | null, depth: number): void {
  if (description === null) return
  skipFields(walk, description.parent, depth)
  if ((description.flags & SERIALIZABLE) === 0) return
  for (const type of description.fields) {
    const size = SIZES[type]
    if (size === undefined) skipContent(walk, depth + 1)
    else walk.reader.skip(size)
  }
  if ((description.flags & WRITE_METHOD) !== 0) skipAnnotations(walk)
}
