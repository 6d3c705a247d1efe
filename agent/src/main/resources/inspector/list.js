// The requests, newest first.

import { h } from './preact.module.js';
import { bytes, clock, millis, statusClass, statusText } from './text.js';

export function List({ exchanges, selected, manyTunnels, onSelect, total }) {
  if (!exchanges.length) {
    return h('div', { class: 'empty' }, total
      ? h('p', null, 'No request matches the filter.')
      : [h('h2', null, 'Waiting for requests'),
         h('p', null, 'Open one of the URLs above. What comes in shows here at once.')]);
  }
  return h('ul', { class: 'list', role: 'listbox', 'aria-label': 'Requests', tabIndex: 0,
      'aria-activedescendant': selected ? `r${selected}` : undefined },
    exchanges.map((exchange) => h(Row, {
      key: exchange.id, exchange, manyTunnels, selected: exchange.id === selected, onSelect })));
}

function Row({ exchange, selected, manyTunnels, onSelect }) {
  return h('li', { id: `r${exchange.id}`, role: 'option', 'aria-selected': selected,
      class: statusClass(exchange), onClick: () => onSelect(exchange.id) },
    h('span', { class: 'status' }, statusText(exchange)),
    h('span', { class: 'method' }, exchange.method),
    h('span', { class: 'path', title: exchange.path }, exchange.path,
      exchange.replayOf && h('span', { class: 'tag' }, 'replay'),
      exchange.webSocket && h('span', { class: 'tag' }, `WebSocket ${exchange.messages}`)),
    manyTunnels && h('span', { class: 'tunnel' }, exchange.tunnel),
    h('span', { class: 'size' }, bytes(exchange.responseBytes)),
    h('span', { class: 'time' }, millis(exchange.millis)),
    h('span', { class: 'clock' }, clock(exchange.started)));
}
