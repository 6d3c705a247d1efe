// One body, as its type suggests: tree, table, picture, text or bytes.

import { h } from './preact.module.js';
import { form } from './text.js';

const MAX_CHILDREN = 200;

export function Body({ body, download, raw }) {
  if (!body || body.size === 0) return h('p', { class: 'none' }, 'No body');
  return h('div', { class: 'body' },
    body.truncated && h('p', { class: 'note' }, 'Only the beginning is kept.'),
    raw ? h(Raw, { body }) : h(Pretty, { body }),
    h('p', null, h('a', { href: download, download: '' }, 'Download')));
}

// Text that a tree can be made of has a raw form worth a switch.
export const hasTree = (body) => Boolean(body && (json(body) !== undefined || xml(body)));

function Pretty({ body }) {
  const type = body.type ?? '';
  if (/^image\/(png|jpeg|gif|webp|svg\+xml|avif|bmp|x-icon)/.test(type)) {
    return h(Picture, { body, type: type.split(';')[0] });
  }
  const fields = form(body);
  if (fields.length) return h(Pairs, { pairs: fields });
  const value = json(body);
  if (value !== undefined) return h('div', { class: 'tree' }, h(Json, { value, depth: 0 }));
  const root = xml(body);
  if (root) return h('div', { class: 'tree' }, h(Xml, { node: root, depth: 0 }));
  return h(Raw, { body });
}

function Raw({ body }) {
  return h('pre', { tabIndex: 0 }, body.text ?? hex(bytesOf(body)));
}

function Picture({ body, type }) {
  const data = body.base64 ?? btoa(String.fromCharCode(...new TextEncoder().encode(body.text)));
  return h('img', { src: `data:${type};base64,${data}`, alt: 'The body, a picture' });
}

export function Pairs({ pairs }) {
  return h('table', { class: 'pairs' }, h('tbody', null, pairs.map(([name, value], i) =>
    h('tr', { key: i }, h('th', { scope: 'row' }, name), h('td', null, value)))));
}

function json(body) {
  const looks = /json/.test(body.type ?? '') || /^\s*[[{]/.test(body.text ?? '');
  if (!looks || body.text === undefined) return undefined;
  try {
    return JSON.parse(body.text);
  } catch {
    return undefined;
  }
}

function Json({ value, name, depth, last = true }) {
  const label = name !== undefined && [h('span', { class: 'key' }, JSON.stringify(name)), ': '];
  const comma = last ? '' : ',';
  if (value === null || typeof value !== 'object') {
    const kind = value === null ? 'null' : typeof value;
    return h('div', { class: 'leaf' }, label, h('span', { class: kind }, JSON.stringify(value)), comma);
  }
  const array = Array.isArray(value);
  const entries = array ? value.map((item) => [undefined, item]) : Object.entries(value);
  const [open, close] = array ? '[]' : '{}';
  if (!entries.length) return h('div', { class: 'leaf' }, label, open + close + comma);
  const shown = entries.slice(0, MAX_CHILDREN);
  return h('details', { open: depth < 5 },
    h('summary', null, label, open, h('span', { class: 'count' }, ` ${entries.length} ${array ? 'items' : 'keys'} `)),
    shown.map(([key, item], i) =>
      h(Json, { key: i, name: key, value: item, depth: depth + 1, last: i === entries.length - 1 })),
    entries.length > shown.length && h('div', { class: 'leaf count' }, `… ${entries.length - shown.length} more: see Raw`),
    h('div', { class: 'close' }, close + comma));
}

function xml(body) {
  if (!/[/+]xml\b/.test(body.type ?? '') || body.text === undefined) return null;
  // Parsed as data: nothing in it runs or is loaded.
  const parsed = new DOMParser().parseFromString(body.text, 'application/xml');
  return parsed.querySelector('parsererror') ? null : parsed.documentElement;
}

function Xml({ node, depth }) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    const text = node.nodeValue.trim();
    return text && h('div', { class: 'leaf' }, node.nodeType === Node.COMMENT_NODE ? `<!-- ${text} -->` : text);
  }
  const attributes = [...node.attributes].map(({ name, value }) =>
    [' ', h('span', { class: 'key' }, name), '=', h('span', { class: 'string' }, `"${value}"`)]);
  const children = [...node.childNodes].filter((n) => n.nodeType === Node.ELEMENT_NODE || n.nodeValue?.trim());
  if (!children.length) return h('div', { class: 'leaf' }, `<${node.tagName}`, attributes, '/>');
  if (children.length === 1 && children[0].nodeType === Node.TEXT_NODE) {
    return h('div', { class: 'leaf' }, `<${node.tagName}`, attributes, '>', children[0].nodeValue.trim(), `</${node.tagName}>`);
  }
  return h('details', { open: depth < 4 },
    h('summary', null, `<${node.tagName}`, attributes, '>'),
    children.slice(0, MAX_CHILDREN).map((child, i) => h(Xml, { key: i, node: child, depth: depth + 1 })),
    h('div', { class: 'close' }, `</${node.tagName}>`));
}

const bytesOf = (body) => Uint8Array.from(atob(body.base64), (c) => c.charCodeAt(0));

function hex(data) {
  const lines = [];
  for (let at = 0; at < Math.min(data.length, 1024); at += 16) {
    const row = [...data.slice(at, at + 16)];
    const codes = row.map((b) => b.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const chars = row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${codes}  ${chars}`);
  }
  if (data.length > 1024) lines.push(`… ${data.length - 1024} bytes more`);
  return lines.join('\n');
}
