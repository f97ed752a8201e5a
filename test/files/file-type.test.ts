import { describe, expect, test } from 'vitest'
import { fileName } from '../../workers/gateway/files/file-name.ts'
import { fileTypeOf, isAccepted } from '../../workers/gateway/files/file-type.ts'
import { readFileSettings } from '../../workers/settings/files.ts'

const { types } = readFileSettings({})
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const padded = (head: Buffer | string, size = 600) => Buffer.concat([Buffer.from(head), Buffer.alloc(size)])
const png = (width = 1, height = 1) => {
  const head = hex('89504e470d0a1a0a0000000d49484452 00000000 00000000 0806000000')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return padded(head)
}
const zip = (first: string) => {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50)
  head.writeUInt16LE(20, 4)
  head.writeUInt16LE(first.length, 26)
  return padded(Buffer.concat([head, Buffer.from(first)]))
}
const mp4 = (brand: string) =>
  padded(Buffer.concat([hex('00000018'), Buffer.from(`ftyp${brand}`), hex('00000000')]))

/** The gateway's answer for a file: its type, or that it is refused. */
async function verdict(bytes: Buffer | string, claimed: string, name: string): Promise<string> {
  const found = await fileTypeOf(Buffer.from(bytes), claimed, name)
  return found && isAccepted(found.type, types) ? found.type : 'refused'
}

describe('a file is what its content says', () => {
  test.each<[string, Buffer | string, string, string, string]>([
    ['PNG', png(), 'image/png', 'a.png', 'image/png'],
    ['PNG, of bytes', png(), 'application/octet-stream', 'a.png', 'image/png'],
    ['JPEG', padded(hex('ffd8ffe000104a46494600010100000100010000')), 'image/jpg', 'a.jpg', 'image/jpeg'],
    ['GIF', padded('GIF89a\x01\x00\x01\x00'), 'image/gif', 'a.gif', 'image/gif'],
    ['WebP', padded('RIFF\x24\x00\x00\x00WEBPVP8 '), 'image/webp', 'a.webp', 'image/webp'],
    ['AVIF', mp4('avif'), 'image/avif', 'a.avif', 'image/avif'],
    ['HEIC', mp4('heic'), 'image/heic', 'a.heic', 'image/heic'],
    ['PDF', padded('%PDF-1.7\n'), 'application/pdf', 'a.pdf', 'application/pdf'],
    ['MP4', mp4('isom'), 'video/mp4', 'a.mp4', 'video/mp4'],
    ['QuickTime', mp4('qt  '), 'video/quicktime', 'a.mov', 'video/quicktime'],
    ['text', 'hello\n', 'text/plain', 'a.txt', 'text/plain'],
    ['CSV', 'a,b\n1,2\n', 'text/csv', 'a.csv', 'text/csv'],
    ['JSON', '{"a": 1}', 'application/json', 'a.json', 'application/json'],
    ['a program', padded('MZ\x90\x00'), '', 'a.exe', 'refused'],
    ['a program called a picture', padded('MZ\x90\x00'), 'image/png', 'a.png', 'refused'],
    ['ELF', padded('\x7fELF\x02\x01\x01'), '', 'a', 'refused'],
    ['a ZIP', zip('a.txt'), 'application/zip', 'a.zip', 'refused'],
    ['a ZIP called a document', zip('a.txt'), '', 'a.docx', 'refused'],
    ['gzip', padded(hex('1f8b0800')), '', 'a.gz', 'refused'],
    ['a page', '<!DOCTYPE html><p>', 'text/html', 'a.html', 'refused'],
    ['a page called a text', '\ufeff \n<html>', 'text/plain', 'a.txt', 'refused'],
    ['a page behind a text', 'hello <script>alert(1)</script>', 'text/plain', 'a.txt', 'refused'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', 'image/svg+xml', 'a.svg', 'refused'],
    ['SVG called a picture', '<?xml version="1.0"?><svg/>', 'image/png', 'a.png', 'refused'],
    ['a script', '#!/bin/sh\nrm -rf /', 'text/plain', 'a.sh', 'refused'],
    ['JavaScript', 'alert(1)', 'text/javascript', 'a.js', 'refused'],
    ['a text called a picture', 'hello', 'image/png', 'a.png', 'refused'],
    ['a picture called a text', png(), 'text/plain', 'a.txt', 'refused'],
    [
      'a picture that is a page, too',
      Buffer.concat([png(), Buffer.from('<script>')]),
      'text/html',
      'a.html',
      'refused',
    ],
    ['bytes', padded(hex('00010203')), '', 'a.bin', 'refused'],
    ['a picture of 10,000 million pixels', png(100_000, 100_000), 'image/png', 'a.png', 'refused'],
  ])('%s', async (_, bytes, claimed, name, expected) => {
    expect(await verdict(bytes, claimed, name)).toBe(expected)
  })
})

test.each([
  ['../../etc/passwd', 'passwd.txt'],
  ['C:\\temp\\a.txt', 'a.txt'],
  ['invoice\u202etxt.exe', 'invoicetxt.exe.txt'],
  ['a\r\nb\0.txt', 'ab.txt'],
  ['%22><script>.txt', '___script_.txt'],
  ['CON.txt', '_CON.txt'],
  ['...', 'file.txt'],
  ['', 'file.txt'],
  ['Ünï “code”.txt', 'Ünï “code”.txt'],
  [`${'x'.repeat(500)}.txt`, `${'x'.repeat(196)}.txt`],
])('the name %j becomes %j', (given, expected) => {
  expect(fileName(given, ['txt'])).toBe(expected)
})
