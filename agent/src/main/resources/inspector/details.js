// One exchange.

import { h } from './preact.module.js';
import { bodyUrl, harUrl } from './api.js';
import { Body, Pairs, hasTree } from './body.js';
import { bytes, clock, millis, query, statusClass, statusText } from './text.js';

const TABS = [['response', 'Response'], ['request', 'Request'], ['messages', 'Messages'], ['timing', 'Timing']];

export function Details({ exchange, tab, raw, secrets, on }) {
  const tabs = TABS.filter(([id]) => id !== 'messages' || exchange.webSocket);
  const shown = tabs.some(([id]) => id === tab) ? tab : 'response';
  return h('article', { class: `details ${statusClass(exchange)}`, 'aria-label': 'Request details' },
    h('header', null,
      h('button', { class: 'back', onClick: on.close, 'aria-label': 'Back to the list' }, '←'),
      h('h2', null, h('span', { class: 'status' }, statusText(exchange)), ' ',
        h('span', { class: 'method' }, exchange.method), ' ', h('span', { class: 'path' }, exchange.path)),
      h('p', { class: 'facts' },
        `${millis(exchange.millis)} · ${clock(exchange.started)} · ${exchange.client} → ${exchange.target}`,
        exchange.replayOf && ` · replay of ${exchange.replayOf}`),
      h('div', { class: 'actions' },
        h('button', { onClick: on.replay, disabled: exchange.webSocket, title: 'r' }, 'Replay'),
        h('button', { onClick: on.edit, disabled: exchange.webSocket, title: 'e' }, 'Edit and replay'),
        h('button', { onClick: on.curl, title: 'c' }, 'Copy as cURL'),
        h('a', { class: 'button', href: harUrl(exchange.id, secrets), download: 'pgrok.har' }, 'HAR'),
        h('label', null, h('input', { type: 'checkbox', checked: secrets, onChange: on.secrets }), ' Show secrets'))),
    h('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Parts' },
      tabs.map(([id, label]) => h('button', { role: 'tab', id: `tab-${id}`, 'aria-selected': id === shown,
        'aria-controls': 'panel', tabIndex: id === shown ? 0 : -1, onClick: () => on.tab(id),
        onKeyDown: (event) => step(event, tabs, shown, on.tab) }, label))),
    h('div', { role: 'tabpanel', id: 'panel', 'aria-labelledby': `tab-${shown}`, class: 'panel' },
      shown === 'messages' ? h(Messages, { messages: exchange.webSocketMessages ?? [] })
        : shown === 'timing' ? h(Timing, { timing: exchange.timing })
          : h(Side, { exchange, side: shown, raw, onRaw: on.raw })));
}

function step(event, tabs, shown, select) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  const at = tabs.findIndex(([id]) => id === shown);
  const [next] = tabs[(at + by + tabs.length) % tabs.length];
  select(next);
  document.getElementById(`tab-${next}`)?.focus();
}

function Side({ exchange, side, raw, onRaw }) {
  const message = exchange[side];
  if (!message) {
    return h('p', { class: 'none' }, exchange.phase === 'broken'
      ? 'The connection ended before there was a response.' : 'No response yet.');
  }
  const parameters = side === 'request' ? query(exchange.path) : [];
  const { body } = message;
  return [
    parameters.length > 0 && h('section', null, h('h3', null, 'Query'), h(Pairs, { pairs: parameters })),
    h('section', null, h('h3', null, 'Body ',
        h('small', null, bytes(body.size), body.decoded?.length ? `, ${body.decoded.join(', ')} decoded` : ''),
        hasTree(body) && h('button', { class: 'small', 'aria-pressed': raw, onClick: onRaw }, 'Raw')),
      h(Body, { body, raw, download: bodyUrl(exchange.id, side) })),
    h('section', null, h('h3', null, 'Headers'), h(Pairs, { pairs: message.headers })),
  ];
}

function Messages({ messages }) {
  if (!messages.length) return h('p', { class: 'none' }, 'No messages yet.');
  return h('ol', { class: 'messages' }, messages.map((message, i) =>
    h('li', { key: i, class: message.fromVisitor ? 'up' : 'down' },
      h('span', { class: 'meta' },
        `${message.fromVisitor ? '↑ visitor' : '↓ service'} · ${message.kind} · ${bytes(message.size)} · ${clock(message.at)}`),
      h('pre', null, message.text ?? '(binary)'))));
}

function Timing({ timing }) {
  const total = Math.max(timing.total, timing.firstByte, timing.request, 0.01);
  const rows = [
    ['Request sent', 0, timing.request],
    ['Waiting', Math.max(0, timing.request), timing.firstByte],
    ['Response received', Math.max(0, timing.firstByte), timing.total],
  ];
  return h('table', { class: 'timing' }, h('tbody', null, rows.map(([name, from, to]) =>
    h('tr', { key: name }, h('th', { scope: 'row' }, name),
      h('td', { class: 'bar' }, h('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        to >= 0 && h('rect', { x: (100 * from) / total, y: 0, height: 10, width: Math.max(0.5, (100 * Math.max(0, to - from)) / total) }))),
      h('td', null, to < 0 ? '…' : millis(Math.max(0, to - from)))))));
}
